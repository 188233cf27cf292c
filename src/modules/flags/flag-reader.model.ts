import type { FlagKey, FlagValue, ShopFlagKey, VisitorFlagKey } from './declared.model.ts';
import type { FlagVisitor } from './evaluate.model.ts';

/** What the code asks for the flags of the shop. Answers come from memory, whatever the database does. */
export interface FlagReader {
  /** A flag that is alike for everybody: what is kept for all may hang on it. */
  ofShop<K extends ShopFlagKey>(key: K): Promise<FlagValue<K>>;
  /** A flag for one visitor; in an experiment this is their exposure to it, so ask where its outcome shows. */
  ofVisitor<K extends VisitorFlagKey>(key: K, visitor: FlagVisitor): Promise<FlagValue<K>>;
  /** Whether somebody needs to be told from others, now, for what they get of a flag. */
  tellsApart(key: FlagKey): boolean;
}

/** The flags of whoever makes a request. */
export interface OwnFlags {
  get<K extends VisitorFlagKey>(key: K): Promise<FlagValue<K>>;
}
