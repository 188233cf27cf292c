import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what arrives. */
export interface MailSink {
  readonly port: number;
  /** The recipients, one entry for each mail. */
  readonly recipients: string[];
  close(): Promise<void>;
}

/** Starts one; `onMail` is called for each mail before it is accepted. */
export async function startMailSink(onMail: () => void = () => {}): Promise<MailSink> {
  const recipients: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      text(stream).then(
        () => {
          onMail();
          for (const { address } of session.envelope.rcptTo) recipients.push(address);
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => listener.once('listening', resolve));
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    recipients,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
