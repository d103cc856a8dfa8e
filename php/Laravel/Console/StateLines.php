<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ConnectionState;

/**
 * Shows who watches `ami:listen -v` how the states of the servers change.
 *
 * @internal
 */
final class StateLines
{
    /** Between two looks: for eyes. */
    private const float SECONDS = 0.2;

    private float $nextAt = 0.0;

    /** @var array<array-key, ConnectionState> */
    private array $states = [];

    public function __construct(private readonly AmiClientManager $manager, private readonly Lines $lines) {}

    public function __invoke(): void
    {
        $now = hrtime(true) / 1e9;
        if ($now < $this->nextAt) {
            return;
        }
        $this->nextAt = $now + self::SECONDS;
        foreach ($this->manager->health() as $key => $health) {
            if (($this->states[$key] ?? null) !== $health['state']) {
                $this->states[$key] = $health['state'];
                $why = $health['state'] === ConnectionState::Ready || $health['last_error'] === null ? '' : " ({$health['last_error']})";
                $this->lines->write(date('H:i:s') . " $key: {$health['state']->value}$why");
            }
        }
    }
}
