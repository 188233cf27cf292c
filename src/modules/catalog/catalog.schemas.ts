import { type Static, Type } from 'typebox';
import {
  IdSchema,
  MoneySchema,
  PageQuery,
  PriceSchema,
  TimestampSchema,
} from '../../http/schemas.ts';
import { MAX_AMOUNT } from '../../shared/money.ts';
import { MAX_ON_HAND } from '../inventory/inventory.model.ts';
import { MAX_OF_PRODUCT, MAX_SLUG_LENGTH, MAX_VARIANTS, SLUG_PATTERN } from './catalog.model.ts';

const statuses = ['draft', 'active', 'archived'] as const;
const Status = Type.Enum([...statuses]);
const Policy = Type.Enum(['deny', 'continue']);
const closed = { additionalProperties: false };

/** A line of text that is not blank. */
const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' });
/** A line that neither begins nor ends with a space, so that it survives a spreadsheet. */
const Label = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^\\S(.*\\S)?$' });
const OptionValues = Type.Record(Type.String(), Label(255), {
  maxProperties: 3,
  propertyNames: Label(100),
});

export const CategorySchema = Type.Object(
  { slug: Type.String(), name: Type.String() },
  { examples: [{ slug: 'kitchen', name: 'Kitchen' }] },
);

export const VariantSchema = Type.Object({
  id: IdSchema,
  sku: Type.String(),
  title: Type.String(),
  options: Type.Record(Type.String(), Type.String()),
  price: MoneySchema,
  compareAtPrice: Type.Union([MoneySchema, Type.Null()]),
  available: Type.Integer(),
  inventoryPolicy: Policy,
});

export const ProductSchema = Type.Object(
  {
    id: IdSchema,
    slug: Type.String(),
    title: Type.String(),
    description: Type.String({ description: 'Sanitised HTML.' }),
    status: Status,
    vendor: Type.String(),
    type: Type.String(),
    tags: Type.Array(Type.String()),
    categories: Type.Array(CategorySchema),
    options: Type.Array(Type.Object({ name: Type.String(), values: Type.Array(Type.String()) })),
    price: MoneySchema,
    images: Type.Array(Type.Object({ url: Type.String(), alt: Type.String() })),
    variants: Type.Array(VariantSchema),
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
  },
  { description: 'A product with its variants on sale; `price` is the lowest of them.' },
);

const VariantFields = {
  sku: Type.Optional(Type.String({ maxLength: 255 })),
  price: Type.Optional(PriceSchema),
  compareAtPrice: Type.Optional(Type.Union([PriceSchema, Type.Null()])),
  stock: Type.Optional(
    Type.Integer({ minimum: 0, maximum: MAX_ON_HAND, description: 'Units on hand.' }),
  ),
  inventoryPolicy: Type.Optional(Policy),
};

const VariantBody = Type.Object(
  { id: Type.Optional(IdSchema), options: Type.Optional(OptionValues), ...VariantFields },
  closed,
);

const ProductFields = {
  slug: Type.Optional(
    Type.String({ minLength: 1, maxLength: MAX_SLUG_LENGTH, pattern: SLUG_PATTERN }),
  ),
  description: Type.Optional(Type.String({ maxLength: MAX_OF_PRODUCT.description })),
  status: Type.Optional(Status),
  vendor: Type.Optional(Type.String({ maxLength: 255 })),
  type: Type.Optional(Type.String({ maxLength: 255 })),
  tags: Type.Optional(
    Type.Array(Type.String({ maxLength: 255, pattern: '^\\s*[^,\\s][^,]*$' }), {
      maxItems: MAX_OF_PRODUCT.tags,
    }),
  ),
  categories: Type.Optional(
    Type.Array(Type.String({ maxLength: 100, pattern: '^[^;\\p{L}\\p{N}]*[\\p{L}\\p{N}][^;]*$' }), {
      maxItems: MAX_OF_PRODUCT.categories,
      description: 'Slugs or names; one that is not there yet is made.',
    }),
  ),
  options: Type.Optional(
    Type.Array(
      Type.Object(
        {
          name: Label(100),
          values: Type.Array(Label(255), { minItems: 1, maxItems: MAX_VARIANTS }),
        },
        closed,
      ),
      { maxItems: 3 },
    ),
  ),
  images: Type.Optional(
    Type.Array(
      Type.Object(
        {
          url: Type.String({
            maxLength: 2048,
            pattern: '^(https?://[^\\s]+|/(?!/)[^\\s]*)$',
            description: 'https://…, http://… or a path of this shop.',
          }),
          alt: Type.Optional(Type.String({ maxLength: 512 })),
        },
        closed,
      ),
      { maxItems: MAX_OF_PRODUCT.images },
    ),
  ),
  variants: Type.Optional(
    Type.Array(VariantBody, {
      minItems: 1,
      maxItems: MAX_VARIANTS,
      description: 'Known by id, else by option values, else new; those left out go off sale.',
    }),
  ),
  ...VariantFields,
};

export const CreateProductBody = Type.Object(
  { title: Line(255), ...ProductFields },
  {
    ...closed,
    description:
      'With `variants`, or in short, for a single variant, with `price`, `sku` and `stock` beside the title.',
    examples: [
      { title: 'Enamel mug', sku: 'MUG-1', price: { amount: 1800, currency: 'USD' }, stock: 24 },
      {
        title: 'Linen shirt',
        tags: ['linen'],
        variants: [
          {
            sku: 'LS-S',
            options: { Size: 'S' },
            price: { amount: 6400, currency: 'USD' },
            stock: 5,
          },
          {
            sku: 'LS-M',
            options: { Size: 'M' },
            price: { amount: 6400, currency: 'USD' },
            stock: 8,
          },
        ],
      },
    ],
  },
);

export const UpdateProductBody = Type.Object(
  { title: Type.Optional(Line(255)), ...ProductFields },
  {
    ...closed,
    description:
      'What is left out stays. `price`, `sku`, `stock` and the like beside the title change the single variant of a product that has one.',
    examples: [{ price: { amount: 1600, currency: 'USD' }, stock: 40 }],
  },
);
export type ProductBody = Static<typeof UpdateProductBody>;

export const ProductParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 300, description: 'The id or the slug.' }),
});

const StatusQuery = Type.Optional(
  Type.Enum([...statuses, 'all'], {
    description: 'For administrators; others see active products whatever they ask for.',
  }),
);
const PriceBound = Type.Optional(
  Type.Integer({ minimum: 0, maximum: MAX_AMOUNT, description: 'In minor units, inclusive.' }),
);

export const ListProductsQuery = Type.Object(
  {
    ...PageQuery,
    category: Type.Optional(Type.String({ maxLength: 200, description: 'A category’s slug.' })),
    tag: Type.Optional(Type.String({ maxLength: 255 })),
    vendor: Type.Optional(Type.String({ maxLength: 255 })),
    minPrice: PriceBound,
    maxPrice: PriceBound,
    inStock: Type.Optional(Type.Boolean({ description: 'Only what can be bought now.' })),
    sort: Type.Optional(
      Type.Enum(['newest', 'oldest', 'price', '-price', 'title'], { default: 'newest' }),
    ),
    status: StatusQuery,
  },
  closed,
);

export const SearchProductsQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.String({ minLength: 1, maxLength: 200, examples: ['enamel mug'] }),
    status: StatusQuery,
  },
  closed,
);
