// The type 0 configuration header. PCI Local Bus Specification 2.2, 6.1 and 6.2.

export const VENDOR_ID = 0x00;
export const DEVICE_ID = 0x02;
export const COMMAND = 0x04;
export const STATUS = 0x06;
export const REVISION = 0x08;
/** Programming interface, subclass and class, one byte each. */
export const CLASS = 0x09;
export const HEADER_TYPE = 0x0e;
export const BASE_ADDRESSES = 0x10;
export const SUBSYSTEM_VENDOR = 0x2c;
export const SUBSYSTEM = 0x2e;
export const CAPABILITIES = 0x34;
export const INTERRUPT_LINE = 0x3c;
export const INTERRUPT_PIN = 0x3d;

export const COMMAND_IO = 1 << 0;
export const COMMAND_MEMORY = 1 << 1;
export const COMMAND_MASTER = 1 << 2;
export const COMMAND_INTX_OFF = 1 << 10;
export const STATUS_INTERRUPT = 1 << 3;
export const STATUS_CAPABILITIES = 1 << 4;
export const HEADER_MULTIFUNCTION = 0x80;
