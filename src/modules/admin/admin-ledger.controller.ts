import { Readable } from 'node:stream';
import type { Reply, Request } from '../../http/app-type.ts';
import { sendPage } from '../../http/browser.ts';
import { sendFile } from '../../http/files.ts';
import { invalid } from '../../shared/errors.ts';
import type { Account } from '../ledger/ledger.model.ts';
import { listBalances, listTransactions } from '../ledger/ledger.service.ts';
import { exportTransactions } from '../ledger/ledger-export.service.ts';
import { PAGE_SIZE } from './admin.schemas.ts';
import { ledgerPage } from './admin-ledger.views.ts';
import type { AdminDeps } from './admin-page.ts';

interface LedgerQuery {
  /** An order's number. */
  readonly q?: string;
  readonly account?: Account | '';
  readonly cursor?: string;
}

const DAY_MS = 24 * 3600 * 1000;

export function ledgerController({ db, reads, chromeOf }: AdminDeps) {
  return {
    async show(request: Request, reply: Reply, { q, account, cursor }: LedgerQuery) {
      const filter = { account: account || undefined, orderNumber: orderNumberOf(q) };
      const [balances, transactions] = await reads.at(request.since, (from) =>
        Promise.all([
          listBalances(from),
          listTransactions(from, filter, { limit: PAGE_SIZE, cursor }),
        ]),
      );
      const today = new Date().toISOString().slice(0, 10);
      const found = {
        balances,
        transactions,
        period: { from: `${today.slice(0, 8)}01`, to: today },
      };
      return sendPage(
        reply,
        ledgerPage(await chromeOf(request, reply), found, { q, account, cursor }),
      );
    },

    /** Whole days, in UTC, the last one included. */
    export(reply: Reply, { from, to }: { from: string; to: string }): Reply {
      const period = { from: new Date(from), until: new Date(Date.parse(to) + DAY_MS) };
      if (period.from >= period.until) throw invalid('to', 'The last day is before the first.');
      const name = `ledger-${from}-to-${to}`;
      const rows = Readable.from(exportTransactions(db, period));
      return sendFile(reply, { name, ending: 'csv' }, rows);
    },
  };
}

/** No order has number 0, so what is no number finds nothing. */
function orderNumberOf(q: string | undefined): number | undefined {
  const words = q?.trim().replace(/^#/, '') ?? '';
  if (words === '') return undefined;
  return /^\d{1,15}$/.test(words) ? Number(words) : 0;
}
