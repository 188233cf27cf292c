/** What a mail says, as plain text and as HTML. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mail extends MailContent {
  readonly to: string;
}

/** Sends mails. Rejects when a mail was not accepted, so that the job that sends it is tried again. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
