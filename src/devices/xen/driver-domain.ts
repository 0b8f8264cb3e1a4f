// What a back end has of the domain it lives in: a guest's grants, and event channels to the guest.
import type {BackEndGrants} from './back-end-grants.ts';

/** One end of a channel between the driver domain and a guest. */
export interface EventPort {
  notify(): void;
  close(): void;
}

export interface DriverDomain {
  readonly grants: BackEndGrants;
  /** Binds to a port that the guest has left unbound for this domain; null when it has not. */
  bind(port: number, onNotified: () => void): EventPort | null;
}
