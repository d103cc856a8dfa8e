<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/** Many channels at once. */
trait HangupPatterns
{
    /**
     * Hangs up all channels whose names match; the events of the answer say which.
     *
     * @param string $pattern an extended POSIX regular expression, such as `^PJSIP/trunk-`; without slashes around it, and
     *     with plain slashes within
     * @param int|null $cause the cause that the channels are hung up with, as in Q.850
     */
    public static function channelsMatching(string $pattern, ?int $cause = null): self
    {
        return new self("/$pattern/", $cause);
    }
}
