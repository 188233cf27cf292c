type Value = boolean | string;

export interface FlagDeclaration {
  /**
   * `shop`: alike for everybody, so answers that are kept for all may hang on it. `visitor`: may differ from one visitor
   * to the next, so nothing that hangs on it is kept.
   */
  readonly scope: 'shop' | 'visitor';
  /** What each variant is worth to the code. */
  readonly variants: Readonly<Record<string, Value>>;
  /** The variant of a flag that nobody has set, and before the database was read. */
  readonly default: string;
  /** The variant while the flag is switched off, and for whoever its roll-out leaves out. */
  readonly off: string;
  readonly description: string;
  /** Who decides about it, and is asked when it has stayed too long. */
  readonly owner: string;
}

const ON_OFF = { on: true, off: false } as const;

/** Every flag that the code asks for. One that is not here does not compile; one that is asked for nowhere is deleted. */
export const declaredFlags = {
  'related-products': {
    scope: 'visitor',
    variants: { none: 'none', category: 'category', maker: 'maker' },
    default: 'none',
    off: 'none',
    description:
      'A row of other products below a product: none, of its category, or by the same maker.',
    owner: 'storefront',
  },
  'take-orders': {
    scope: 'shop',
    variants: ON_OFF,
    default: 'on',
    off: 'off',
    description:
      'Whether new orders are taken. While it is off people look around, fill carts and pay what they ordered before.',
    owner: 'operations',
  },
  'forgiving-search': {
    scope: 'shop',
    variants: ON_OFF,
    default: 'on',
    off: 'off',
    description:
      'Whether searches look for what a mistyped word may have meant, which costs the database more than the rest.',
    owner: 'catalogue',
  },
} as const satisfies Readonly<Record<string, FlagDeclaration>>;

type Declared = typeof declaredFlags;

export type FlagKey = keyof Declared;
/** What the code gets for a flag. */
export type FlagValue<K extends FlagKey> = Declared[K]['variants'][keyof Declared[K]['variants']];
type KeysOf<S> = { [K in FlagKey]: Declared[K]['scope'] extends S ? K : never }[FlagKey];
/** Flags that are alike for everybody. */
export type ShopFlagKey = KeysOf<'shop'>;
/** Flags that may differ from one visitor to the next. */
export type VisitorFlagKey = KeysOf<'visitor'>;

export const flagKeys = Object.keys(declaredFlags) as readonly FlagKey[];

/** The declaration of a key; undefined for one that the code does not know. */
export function declarationOf(key: string): FlagDeclaration | undefined {
  return Object.hasOwn(declaredFlags, key) ? declaredFlags[key as FlagKey] : undefined;
}
