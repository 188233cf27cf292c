import { Type } from 'typebox';
import { IdSchema, MoneySchema, PageQuery, TimestampSchema } from '../../http/schemas.ts';
import { accountNames, movementKinds } from './ledger.model.ts';

const AccountSchema = Type.Enum(accountNames);
const SumSchema = Type.Integer({ description: 'In minor units.' });

export const BalanceSchema = Type.Object(
  {
    account: AccountSchema,
    side: Type.Enum(['debit', 'credit'], {
      description: 'On which side the account grows: debit for what the shop has.',
    }),
    currency: Type.String({ description: 'ISO 4217.' }),
    debits: SumSchema,
    credits: SumSchema,
    balance: Type.Integer({ description: 'On the account’s own side, in minor units.' }),
  },
  {
    examples: [
      {
        account: 'stripe_balance',
        side: 'debit',
        currency: 'USD',
        debits: 129_900,
        credits: 4000,
        balance: 125_900,
      },
    ],
  },
);

export const TransactionSchema = Type.Object({
  id: IdSchema,
  kind: Type.Enum([...movementKinds]),
  debitAccount: AccountSchema,
  creditAccount: AccountSchema,
  amount: MoneySchema,
  orderId: IdSchema,
  orderNumber: Type.Integer(),
  paymentId: IdSchema,
  refundId: Type.Union([IdSchema, Type.Null()]),
  createdAt: TimestampSchema,
});

export const ListTransactionsQuery = Type.Object(
  {
    ...PageQuery,
    orderId: Type.Optional(IdSchema),
    account: Type.Optional({ ...AccountSchema, description: 'On either side.' }),
  },
  { additionalProperties: false },
);
