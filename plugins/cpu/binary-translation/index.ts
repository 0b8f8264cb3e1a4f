// Binary translation: the guest's programs run directly in ring 3, its kernel never does. Kernel code is translated, block by
// block, into a cache that the processor executes in ring 1; what is sensitive in it works on the guest's virtual state there or
// calls the VMM. Faults and system calls come to the VMM, which owns ring 0, and go on in translated handlers.
// Adams and Agesen, ASPLOS 2006, section 3; Bugnion et al., ACM TOCS 30(4), 2012, sections 4 to 6.
import {defineCpuStrategy, onOff, options, powerOfTwo} from 'worldswitch';
import {BinaryTranslation, type TranslationOptions} from './strategy.ts';

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'binary-translation',
  title: 'binary translation of the kernel, direct execution of programs',
  needs: {memory: ['shadow']},
  // Programs run directly, and these show them the VMM's tables where the processor is not virtualizable.
  exceptInRing3: ['SGDT', 'SIDT', 'SLDT', 'STR', 'SMSW', 'LAR', 'LSL', 'VERR', 'VERW'],
  options: options({adaptive: onOff(true), cache: powerOfTwo(8, 2048, 512)}),
  create: (vmm, chosen) => new BinaryTranslation(vmm, chosen as unknown as TranslationOptions),
});
