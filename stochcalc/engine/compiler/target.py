"""The CPU that is compiled for, and the passes of LLVM that optimise for it."""

from __future__ import annotations

import functools

import llvmlite.binding as llvm
from numba.core import config as configuration
from numba.core.llvm_bindings import create_pass_builder
from numba.core.registry import cpu_target

from stochcalc.engine.compiler.numba_objects import Machine, ParsedModule

# CPUs with vectors of 512 bits on which LLVM prefers 256, and which slow their clock
# for wider ones.
SLOWED_BY_512_BITS = ("skylake-avx512", "cascadelake", "cooperlake", "cannonlake")


@functools.cache
def describe_cpu() -> Machine:
    """Return LLVM's description of this CPU, with vectors as wide as pay.

    LLVM prefers 256 bits on every CPU of Intel's with 512. On those that do not slow their clock, a
    loop over lanes is a tenth to a fifth faster with 512: it is bound by the number of
    instructions.
    """
    codegen = cpu_target.target_context.codegen()
    triple, cpu, features = codegen.magic_tuple()
    if "+avx512f" in features.split(",") and cpu not in SLOWED_BY_512_BITS:
        features += ",-prefer-256-bit"
    target = llvm.Target.from_triple(triple)
    relocation = "default"
    if target.name.startswith("x86"):
        relocation = "static"
    return target.create_target_machine(
        cpu=cpu,
        features=features,
        opt=configuration.OPT,
        reloc=relocation,
        codemodel="jitdefault",
        jit=True,
    )


def optimise(module: ParsedModule, machine: Machine) -> None:
    """Run LLVM's passes: first those that inline, so that counts of references cancel; then all."""
    builder = create_pass_builder(machine, opt=0, loop_vectorize=False, slp_vectorize=False)
    passes = builder.getModulePassManager()
    passes.add_loop_rotate_pass()
    passes.add_instruction_combine_pass()
    passes.add_jump_threading_pass()
    passes.add_refprune_pass()
    passes.run(module, builder)
    builder = create_pass_builder(
        machine,
        opt=configuration.OPT,
        loop_vectorize=configuration.LOOP_VECTORIZE,
        slp_vectorize=configuration.SLP_VECTORIZE,
    )
    passes = builder.getModulePassManager()
    passes.add_refprune_pass()
    passes.run(module, builder)
