"""PURE: when a message that was not accepted is tried again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.alerts.model import Answer, Verdict

#: Seconds before the second try; each later pause is twice the one before, up to LONGEST.
FIRST, LONGEST = 5.0, 1800.0
#: Tries of a message that nothing but a person can make acceptable.
REFUSALS = 5
#: Seconds for which a far end may be down before it costs a message its life: a long weekend.
PATIENCE = 3 * 86400.0
#: The longest Retry-After that is believed, in seconds.
LONGEST_WAIT = 86400.0


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What to do with a message that was not accepted: give it up, or try again in `wait` seconds."""

    dead: bool
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Pauses:
    """The shortest and the longest pause between two tries, in seconds."""

    first: float = FIRST
    longest: float = LONGEST

    def after(self, attempts: int, chance: float) -> float:
        """The pause after so many tries; `chance` (0 to 1) spreads it over its upper half.

        Exponential back-off with "equal jitter": half the pause is certain, half is drawn, so that those who
        failed together do not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
        """
        doubled = self.first * 2.0 ** min(max(0, attempts - 1), 60)
        return min(doubled, self.longest) * (0.5 + chance / 2)


def decide(
    attempts: int, age: float, answer: Answer, tries: int, chance: float, pauses: Pauses = Pauses()
) -> RetryDecision:
    """Decide by the number of tries made, the seconds since the first, and the last answer.

    A refused message is given up after 5 tries, any other after `tries`. Where the far end is down or asks to
    wait, the fault is not the message's: it is not given up in the first three days. What the far end asks
    for (Retry-After) is kept to, up to a day; it is never asked sooner than that.
    """
    patient = answer.verdict is Verdict.LATER and (answer.host_down or answer.wait is not None)
    allowed = min(tries, REFUSALS) if answer.verdict is Verdict.REFUSED else tries
    if attempts >= allowed and not (patient and age < PATIENCE):
        return RetryDecision(dead=True)
    wait = pauses.after(attempts, chance)
    if answer.wait is not None:
        wait = max(wait, min(answer.wait, LONGEST_WAIT) * (1 + chance / 10))
    return RetryDecision(dead=False, wait=wait)
