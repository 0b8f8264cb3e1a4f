// What the hardware records about a VM exit: the fields of the VMCS exit-information area.
// Intel SDM vol. 3C, 27.2 Recording VM-Exit Information and Updating VM-entry Control Fields.

/** How an event came about, as the interruption-information field types it. Intel SDM vol. 3C, table 24-15. */
export const EVENT_EXTERNAL = 0, EVENT_NMI = 2, EVENT_HARDWARE_EXCEPTION = 3, EVENT_SOFTWARE_INTERRUPT = 4,
  EVENT_PRIVILEGED_EXCEPTION = 5, EVENT_SOFTWARE_EXCEPTION = 6;

/** An event that an instruction raised on purpose: its handler returns behind the instruction. Type 5 is INT1. */
export const isSoftwareEvent = (type: number): boolean => type >= EVENT_SOFTWARE_INTERRUPT;

/** An event: being injected, or being delivered when the exit happened. */
export interface GuestEvent {
  valid: boolean;
  vector: number;
  type: number;
  /** NO_ERROR_CODE when none is pushed. */
  errorCode: number;
}

export class ExitRecord {
  /** Basic exit reason. Intel SDM vol. 3D, appendix C. */
  reason = 0;
  /** Exit qualification: the linear address for a page fault or INVLPG, the layout of table 27-3 and 27-5 otherwise. */
  qualification = 0;
  /** Vector and error code of an exception, -1 when there is none. */
  vector = -1;
  errorCode = -1;
  /** The vector came from INT n. */
  software = false;
  /** How an exception came about, as in `GuestEvent`. */
  type = EVENT_HARDWARE_EXCEPTION;
  /** Why an entry failed. */
  entryFailure = '';
  /** Bytes of the instruction that caused the exit, or of the one whose software event was being delivered. */
  instructionLength = 0;
  guestLinear = 0;
  guestPhysical = 0;
  /** The event whose delivery the exit interrupted. Intel SDM vol. 3C, 27.2.4. */
  readonly vectoring: GuestEvent = {valid: false, vector: 0, type: 0, errorCode: -1};

  clear(): void {
    this.reason = 0;
    this.qualification = 0;
    this.vector = -1;
    this.errorCode = -1;
    this.software = false;
    this.type = EVENT_HARDWARE_EXCEPTION;
    this.instructionLength = 0;
    this.guestLinear = 0;
    this.guestPhysical = 0;
    this.vectoring.valid = false;
  }
}
