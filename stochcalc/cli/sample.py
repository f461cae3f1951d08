"""`stochcalc sample`: learn the score of handwritten digits, and sample new ones from it."""

from __future__ import annotations

import argparse

from stochcalc.cli.arguments import Commands, add_seed_option, read_path, read_whole_number_between
from stochcalc.cli.output import check_picture, shows_progress, write_picture


def add_command(commands: Commands) -> None:
    """Add the command and its options to the parser's commands."""
    command = commands.add_parser(
        "sample",
        help="learn the score of handwritten digits, sample new ones, and measure them",
        description="Train a small network on 1437 images of 8 x 8 pixels by denoising (some 4 "
        "minutes), run noise backwards, and measure the samples against limits, beside two "
        "controls that must fail.",
        epilog="Exit status: 0 all limits kept, 1 not all, 2 bad usage or a picture that could not "
        'be written. Needs pip install "stochcalc[ml]".',
    )
    command.add_argument("what", choices=("digits",), help="what to sample")
    command.add_argument(
        "--steps",
        type=read_whole_number_between(1, 10**6),
        default=7000,
        help="training steps (default 7000)",
    )
    command.add_argument(
        "--samples",
        type=read_whole_number_between(16, 1437),
        default=256,
        help="number of samples (default 256)",
    )
    add_seed_option(command, "seed of training and sampling")
    command.add_argument(
        "--checkpoint",
        type=read_path,
        metavar="FILE",
        help="keep the training's state here, and go on from it if it exists",
    )
    command.add_argument("--out", type=read_path, metavar="OUT.png", help="draw the samples")
    command.add_argument("--force", action="store_true", help="let --out overwrite a file")
    command.set_defaults(run=run, refuse=command.refuse)


def run(options: argparse.Namespace) -> int:
    """Train, sample, and print the measurements beside two controls; return 1 if a limit fails."""
    check_picture("--out", options.out, options)
    from stochcalc.score import digits, train_network

    try:
        data = digits.load(options.samples)
        network = train_network(
            data.train,
            kind="conv",
            steps=options.steps,
            seed=options.seed,
            progress=shows_progress(),
            checkpoint=options.checkpoint,
        )
    except (ImportError, ValueError, OSError, FloatingPointError) as error:
        options.refuse(str(error))
    samples = digits.sample(network, options.samples, rng=options.seed)
    found = data.measure(f"network, {options.steps} steps", samples)
    print(digits.table(found, *data.controls(options.samples, rng=options.seed)))
    if not write_picture(lambda ax: digits.draw(ax, samples), options.out):
        return 2
    if found.passes:
        return 0
    return 1
