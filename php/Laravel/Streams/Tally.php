<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Streams;

/** What became of the entries that a consumer was given. */
final class Tally
{
    /** The handler returned, and they are acknowledged. */
    public int $handled = 0;

    /** The handler threw; they are delivered again. */
    public int $failed = 0;

    /** Among the dead letters: no payload, or delivered too often. */
    public int $buried = 0;

    /** Taken over from consumers that died or failed, this one included. */
    public int $claimed = 0;

    /** Trimmed from the stream between being read and being acknowledged. */
    public int $trimmedPending = 0;

    /** Trimmed from the stream before they were read, as far as Redis tells. */
    public int $trimmedUnread = 0;

    /** Times that Redis had forgotten the group. */
    public int $groupsRecreated = 0;

    /** Times that Redis did not answer. */
    public int $redisFailures = 0;

    /** @return array<string, int> those above zero */
    public function counts(): array
    {
        return array_filter([
            'handled' => $this->handled,
            'failed' => $this->failed,
            'buried' => $this->buried,
            'claimed' => $this->claimed,
            'trimmed_pending' => $this->trimmedPending,
            'trimmed_unread' => $this->trimmedUnread,
            'groups_recreated' => $this->groupsRecreated,
            'redis_failures' => $this->redisFailures,
        ], static fn(int $count): bool => $count > 0);
    }
}
