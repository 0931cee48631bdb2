"""``python -m firstprint``: the command line."""

from firstprint.cli.main import main

if __name__ == "__main__":
    main()
