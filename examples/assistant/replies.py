"""What the assistant answers: a line for each command."""

import time


def reply(command: str | None) -> str:
    """The answer to a command; None is one that was not understood."""
    if command is None:
        return "I did not understand. I know the light, a timer, music and the time."
    if "light" in command:
        return f"The light is {'off' if 'off' in command else 'on'}."
    if "timer" in command:
        return f"{command.split()[-2].capitalize()} minutes, starting now."
    if "music" in command:
        return "The music stops." if "stop" in command else "Here is some music."
    return time.strftime("It is %H:%M.")
