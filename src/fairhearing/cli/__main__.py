"""``python -m fairhearing.cli``: the same as ``fairhearing``."""

from fairhearing.cli.main import main

main()
