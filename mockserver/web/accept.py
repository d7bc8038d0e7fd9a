"""Does a client take gzip?"""


def accepts_gzip(accept_encoding: str) -> bool:
    """True when gzip is named with a quality above 0; ``*`` and ``x-gzip`` don't count (observed).

    Of several mentions the last one that can be read counts; a quality that isn't a number makes a mention
    unreadable, any other parameter is as good as none.
    """
    accepted = False
    for coding in accept_encoding.split(","):
        name, *parameters = (part.strip() for part in coding.split(";"))
        if name.lower() == "gzip":
            try:
                accepted = _quality(parameters) > 0
            except ValueError:
                continue
    return accepted


def _quality(parameters: list[str]) -> float:
    quality = 1.0
    for parameter in parameters:
        quality = float(parameter[2:]) if parameter.startswith("q=") else 1.0
    return quality
