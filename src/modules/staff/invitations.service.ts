import type { Db, Tx } from '../../database/database.ts';
import { enqueueJob } from '../../events/jobs.ts';
import { notFound, ShopError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Page, PageRequest } from '../../shared/pages.ts';
import { note } from '../../trail/trail.ts';
import { normaliseEmail } from '../identity/identity.model.ts';
import { hashSecretToken, newSecretToken } from '../identity/secret-token.model.ts';
import {
  deleteInvitation,
  deleteInvitationOf,
  findInvitation,
  listInvitations as findInvitations,
  insertInvitation,
  renewInvitation,
  setToken,
  worksHere,
} from './invitations.repository.ts';
import { assertGivable } from './members.service.ts';
import {
  INVITATION_DAYS,
  type Invitation,
  type Place,
  placeOf,
  type Standing,
} from './staff.model.ts';
import { changeStaff } from './standing.service.ts';

/** The job that mails an invitation; its payload is `{ invitationId }`. */
export const SEND_STAFF_INVITATION = 'send_staff_invitation';

/** A page of invitations that were not accepted yet, newest first. */
export function listInvitations(db: Db, page: PageRequest): Promise<Page<Invitation>> {
  return findInvitations(db, page);
}

/**
 * Invites somebody into a place within one's own rights; a mail with a link goes to them.
 * @throws ShopError conflict (`email`: invited already, or works here), validation_failed (`roleId`), forbidden.
 */
export function invite(
  db: Db,
  actorId: string,
  { email: given, place }: { readonly email: string; readonly place: Place },
): Promise<Invitation> {
  const email = normaliseEmail(given);
  return changeStaff(db, actorId, async (tx, actor) => {
    await assertGivable(tx, actor, place);
    if (await worksHere(tx, email)) throw taken('Somebody with this address works here already.');
    const id = newId();
    if (!(await insertInvitation(tx, { id, email, place, invitedBy: actorId })))
      throw taken('This address is invited already. Send that invitation again, or revoke it.');
    await mail(tx, id);
    await note(tx, { act: 'invitation.sent', subject: id, detail: place });
    return getInvitation(tx, id);
  });
}

/**
 * Sends an invitation again, for another seven days; the link mailed before ends.
 * @throws ShopError not_found, forbidden.
 */
export function inviteAgain(db: Db, actorId: string, id: string): Promise<Invitation> {
  return changeStaff(db, actorId, async (tx, actor) => {
    await touchable(tx, actor, id);
    await renewInvitation(tx, id, actorId);
    await mail(tx, id);
    await note(tx, { act: 'invitation.sent_again', subject: id, detail: {} });
    return getInvitation(tx, id);
  });
}

/** Takes an invitation back. @throws ShopError not_found, forbidden. */
export function revokeInvitation(db: Db, actorId: string, id: string): Promise<void> {
  return changeStaff(db, actorId, async (tx, actor) => {
    await touchable(tx, actor, id);
    await deleteInvitation(tx, id);
    await note(tx, { act: 'invitation.revoked', subject: id, detail: {} });
  });
}

/** Forgets the invitation of somebody who is erased. */
export function forgetInvitationOf(tx: Tx, email: string): Promise<void> {
  return deleteInvitationOf(tx, email);
}

export interface InvitationMail {
  readonly to: string;
  /** The name of who invites. */
  readonly inviter: string;
  readonly link: string;
  readonly days: number;
}

/** The job: makes the one-time token only now, so that it rests nowhere in plain, and mails it. */
export async function sendInvitation(
  deps: {
    readonly db: Db;
    readonly publicUrl: string;
    readonly sendMail: (mail: InvitationMail) => Promise<void>;
  },
  { invitationId }: { readonly invitationId: string },
): Promise<void> {
  const token = newSecretToken();
  const found = await setToken(deps.db, invitationId, hashSecretToken(token));
  if (found === null) return;
  await deps.sendMail({
    to: found.email,
    inviter: found.inviter,
    link: `${deps.publicUrl}/invitation?token=${token}`,
    days: INVITATION_DAYS,
  });
}

async function getInvitation(db: Db, id: string): Promise<Invitation> {
  const invitation = await findInvitation(db, id);
  if (!invitation) throw notFound('The invitation');
  return invitation;
}

async function touchable(tx: Tx, actor: Standing, id: string): Promise<void> {
  const { role, roleId } = await getInvitation(tx, id);
  await assertGivable(tx, actor, placeOf(role, roleId));
}

async function mail(tx: Tx, invitationId: string): Promise<void> {
  const jobKey = `${SEND_STAFF_INVITATION}:${invitationId}`;
  await enqueueJob(tx, SEND_STAFF_INVITATION, { invitationId }, { jobKey });
}

function taken(message: string): ShopError {
  return new ShopError('conflict', message, { errors: [{ path: 'email', message }] });
}
