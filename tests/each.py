"""One test of many cases, where pytest would take longer to count the cases than the test to check them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def each(
    cases: Iterable[Case], label: Callable[[Case], str] = str
) -> Callable[[Callable[[Case], None]], Callable[[], None]]:
    """Make one test of a check of each case; it fails with the errors of all cases that fail, each with its name."""
    checked = list(cases)

    def one_test(check: Callable[[Case], None]) -> Callable[[], None]:
        def test() -> None:
            errors = []
            for case in checked:
                try:
                    check(case)
                except Exception as error:
                    error.add_note(f"case: {label(case)}")
                    errors.append(error)
            assert checked
            if errors:
                raise ExceptionGroup(f"{len(errors)} of {len(checked)} cases fail", errors)

        test.__name__, test.__qualname__ = check.__name__, check.__qualname__
        test.__doc__, test.__module__ = check.__doc__, check.__module__
        return test

    return one_test
