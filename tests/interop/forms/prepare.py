"""Builds the page that shows a form with Smart Forms, and puts the one for LHC-Forms beside the packages.

Runs inside the installed folder.
"""

import shutil
import subprocess
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "page"


def main() -> None:
    """Copy the pages here and build."""
    for name in ("index.html", "main.jsx", "lforms.html", "evaluate.mjs", "units.mjs"):
        shutil.copy(PAGE / name, name)
    subprocess.run(["npx", "vite", "build", "--base", "./"], check=True)


if __name__ == "__main__":
    main()
