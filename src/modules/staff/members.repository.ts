import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';
import { lastSeenId, type Page, type PageRequest, toPage } from '../../shared/pages.ts';
import type { Member } from './staff.model.ts';

/** One of those who work here; null for a customer. */
export async function findMember(db: Db, id: string): Promise<Member | null> {
  const row = await members(db).where('users.id', '=', id).executeTakeFirst();
  return row ? toMember(row) : null;
}

/** A page of those who work here, in the order of their accounts. */
export async function listMembers(db: Db, page: PageRequest): Promise<Page<Member>> {
  const after = lastSeenId(page);
  const rows = await members(db)
    .$if(after !== null, (query) => query.where('users.id', '>', after ?? ''))
    .orderBy('users.id')
    .limit(page.limit + 1)
    .execute();
  const { data, nextCursor } = toPage(rows, page.limit, (row) => [row.id]);
  return { data: data.map(toMember), nextCursor };
}

function members(db: Db) {
  return db
    .selectFrom('users')
    .leftJoin('staff_roles', 'staff_roles.id', 'users.staff_role_id')
    .leftJoin('totp_secrets', (join) =>
      join.onRef('totp_secrets.user_id', '=', 'users.id').on('confirmed_at', 'is not', null),
    )
    .select(['users.id', 'users.email', 'users.name', 'users.role'])
    .select(['users.staff_role_id as roleId', 'staff_roles.name as roleName'])
    .select(
      sql<Date | null>`(SELECT max(last_seen_at) FROM sessions WHERE user_id = users.id)`.as(
        'lastSeenAt',
      ),
    )
    .select(({ exists, eb, selectFrom }) => [
      exists(selectFrom('passkeys').whereRef('passkeys.user_id', '=', 'users.id')).as('passkey'),
      eb('totp_secrets.user_id', 'is not', null).as('code'),
    ])
    .where('users.role', '<>', 'customer');
}

type MemberRow = Awaited<ReturnType<ReturnType<typeof members>['executeTakeFirstOrThrow']>>;

function toMember({ role, lastSeenAt, passkey, code, ...row }: MemberRow): Member {
  return {
    ...row,
    secondFactors: [...(passkey ? ['passkey' as const] : []), ...(code ? ['code' as const] : [])],
    role: role === 'admin' ? 'admin' : 'staff',
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
  };
}
