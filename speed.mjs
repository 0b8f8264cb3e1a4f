import {readFileSync} from 'node:fs';
const D='/tmp/wt/dist/src/';
const {Platform}=await import(D+'machine/platform.js');const {runBareMetal}=await import(D+'machine/bare-metal.js');const {resetForMultiboot}=await import(D+'machine/reset.js');const {findHost}=await import(D+'host/catalogue.js');const {loadMultiboot}=await import(D+'machine/multiboot.js');
for (const [img,args] of [['compute/sieve/sieve','operations=1000'],['compute/sha256/sha256','operations=200'],['nano/pgfault/pgfault','operations=300000'],['system/forkwait/forkwait','operations=10000']]) for (let k=0;k<2;k++) {
const size=64<<20;const p=new Platform({host:findHost('pentium4-2005'),clock:'cycles',guestMemory:size,hostMemory:size,maxInstructions:1e9});
const h=loadMultiboot({file:img,bytes:readFileSync('/tmp/wt/workloads/'+img+'.elf'),memory:{size,write:(a,b)=>p.memory.writeBytes(a,b)},commandLine:args});
resetForMultiboot(p.cpu,h);const t=performance.now();const e=runBareMetal(p);const d=performance.now()-t;const r=p.recorder.finish();
console.log(img,args,e.outcome,(r.total.instructions/d/1000).toFixed(1)+' MIPS',(p.recorder.operations/d/1000).toFixed(3)+' Mops');}
