"""Names that nearly match one another: in letter case, white space, length, Unicode form or punctuation."""

PLAIN = ("web", "Web", "WEB", "we", "webs", "w-b", "w_b", "w.b")
"""Names that any driver takes for a task, even where it names files or containers after it."""
SPACED = (" web", "web ", "web\t", "web\n", "web\u200b")
UNICODE = ("w\u00e9b", "we\u0301b")
"""The same letters, composed and decomposed."""
NAMES = (*PLAIN, *SPACED, *UNICODE)
"""All of them, no two alike."""
