"""placeholder"""


def compile_all() -> None:
    """none"""
