import type { Money } from '../../shared/money.ts';

/** What a mail says, as plain text and as HTML. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mail extends MailContent {
  readonly to: string;
  /** The same for every attempt at one mail; left out, the mailer makes one. */
  readonly messageId?: string;
}

/** Sends mails. Rejects when a mail was not accepted, so that the job that sends it is tried again. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** What customers are told about. */
export type OrderMailKind = 'confirmed' | 'sent' | 'cancelled' | 'refunded';

/** What a mail about an order names of it. */
export interface MailedOrder {
  readonly number: number;
  readonly email: string;
  readonly items: readonly {
    readonly title: string;
    readonly quantity: number;
    readonly total: Money;
  }[];
  readonly total: Money;
}
