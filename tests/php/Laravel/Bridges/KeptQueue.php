<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Bridges;

use Illuminate\Queue\Connectors\ConnectorInterface;
use Illuminate\Queue\NullQueue;

/** A queue that hands its jobs to a test. */
final class KeptQueue extends NullQueue implements ConnectorInterface
{
    /** @param \Closure(?string, object): mixed $keep */
    public function __construct(private readonly \Closure $keep) {}

    /** @param array<array-key, mixed> $config */
    public function connect(array $config): self
    {
        return $this;
    }

    /**
     * @param mixed $job
     * @param mixed $data
     * @param mixed $queue
     */
    public function push($job, $data = '', $queue = null): mixed
    {
        ($this->keep)(\is_string($queue) ? $queue : null, \is_object($job) ? $job : throw new \LogicException('no job'));

        return null;
    }
}
