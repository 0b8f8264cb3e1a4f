// Exit reasons as the vendor of the host spells them: in what is shown, never in what is stored, so that rows of different hosts
// stay comparable in the record.
import {HostError} from '../host/host-error.ts';
import {findHost} from '../host/catalogue.ts';
import type {CellResult, SwitchCount} from '../lab/result.ts';
import {amdSpelling} from '../x86/exit-reasons.ts';

type Edge = Pick<SwitchCount, 'kind' | 'reason' | 'detail'>;

/** The reason of a switch as a report on this cell shows it. Only a hardware exit has a vendor's code. */
export const shownReason = ({host}: Pick<CellResult, 'host'>, {kind, reason, detail}: Edge): string =>
  kind === 'exit' && isAmd(host) ? amdSpelling(reason, detail) : reason;

/** A record may name a host that is not known here. */
function isAmd(host: string): boolean {
  try {
    return findHost(host).features.vendor === 'amd';
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}
