"""Answers docs/made-models.md with TRELLIS: words to a GLB. It runs in TRELLIS's own environment.

python trellis_driver.py --model FOLDER --text WORDS --category NAME --size W,D,H --seed N --out FILE.glb
"""

import argparse
import os

os.environ.setdefault("SPCONV_ALGO", "native")  # the other choice tries all ways first, which one model does not repay
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from trellis.pipelines import TrellisTextTo3DPipeline
from trellis.utils import postprocessing_utils


def main() -> None:
    """Makes one model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="folder of TRELLIS-text-xlarge, or of another text model of it")
    parser.add_argument("--simplify", type=float, default=0.95, help="share of the triangles that are merged")
    parser.add_argument("--texture", type=int, default=1024, help="pixels of the texture's side")
    for name in ("text", "category", "size", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    pipeline = TrellisTextTo3DPipeline.from_pretrained(options.model)
    pipeline.cuda()
    made = pipeline.run(options.text, seed=options.seed)
    model = postprocessing_utils.to_glb(
        made["gaussian"][0], made["mesh"][0], simplify=options.simplify, texture_size=options.texture
    )
    model.export(options.out)


if __name__ == "__main__":
    main()
