import test from 'ava';
import {GP, NP, SS_FAULT} from '../../x86/exceptions.ts';
import {DESCRIPTOR_DB, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE} from '../../x86/descriptors.ts';
import {DS, EAX, ES, SS} from '../../x86/registers.ts';
import {Bench, type Registers} from '../testing/single.ts';
import {STOP_EXIT} from '../state.ts';

const DATA = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_WRITABLE | DESCRIPTOR_DB;
const NULL = 0;

/** The vector an instruction raises, every exception being an exit, or -1. */
function vectorOf(code: readonly number[], registers: Registers, segments: ReadonlyArray<readonly [number, number]>): number {
  const bench = new Bench();
  const {cpu} = bench;
  cpu.nonRoot = true;
  cpu.controls.exceptionBitmap = -1;
  cpu.controls.halt = false;
  for (const [segment, attributes] of segments) cpu.setSegment(segment, 0x10, 0, 0x1fff, attributes);
  bench.run(code, registers);
  return cpu.stop === STOP_EXIT ? cpu.exit.vector : -1;
}

const BEYOND = 0x4000;

test('a store through CS faults although CS is flat', t => {
  for (const code of [[0x2e, 0x89, 0x00], [0x2e, 0xc6, 0x00, 1], [0x2e, 0x0f, 0xab, 0x00], [0x2e, 0x01, 0x00]]) t.is(vectorOf(code, {eax: 0x2000}, []), GP, code.join(' '));
});

test('a load through CS does not', t => {
  const bench = new Bench();
  bench.run([0x2e, 0x8b, 0x05, 0x00, 0x10, 0, 0], {});
  t.is(bench.cpu.r[EAX], 0x00058b2e);
});

test('MOVS reads before it looks at its destination', t => {
  t.is(vectorOf([0x36, 0xa5], {esi: BEYOND, edi: BEYOND}, [[SS, DATA], [ES, DATA]]), SS_FAULT);
});

test('CMPS reads ES:EDI before its other operand', t => {
  t.is(vectorOf([0x36, 0xa7], {esi: BEYOND, edi: BEYOND}, [[SS, DATA], [ES, DATA]]), GP);
});

test('ARPL writes only what it changes', t => {
  const readOnly = DATA & ~DESCRIPTOR_WRITABLE;
  t.is(vectorOf([0x63, 0x08], {eax: 0x1800, ecx: 0}, [[DS, readOnly]]), -1);
  t.is(vectorOf([0x63, 0x08], {eax: 0x1800, ecx: 3}, [[DS, readOnly]]), GP);
});

test('a null segment cannot be used', t => {
  t.is(vectorOf([0x8b, 0x00], {eax: 0}, [[DS, NULL]]), GP);
  t.not(vectorOf([0x8b, 0x00], {eax: 0}, [[DS, NULL]]), NP);
});
