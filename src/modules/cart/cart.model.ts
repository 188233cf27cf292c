import type { Generated } from 'kysely';

export interface CartTables {
  carts: {
    id: string;
    customer_id: string | null;
    /** SHA-256 of the token in a guest's cookie. */
    token_hash: Buffer | null;
    /** Names the order that this cart becomes; null: the id does. */
    order_key: Generated<string | null>;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  cart_items: {
    cart_id: string;
    variant_id: string;
    quantity: number;
    added_at: Generated<Date>;
  };
}
