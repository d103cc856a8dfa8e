<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\AmiClientManager;

/**
 * Says when each server was ready and one more round was handled: for `ami:listen --once`.
 *
 * @internal
 */
final class FirstRound
{
    private bool $wereReady = false;

    /** @var list<string> */
    private array $missing = [];

    public function __construct(private readonly AmiClientManager $manager) {}

    public function __invoke(): bool
    {
        if ($this->wereReady) {
            return true;
        }
        $this->missing = $this->look();
        $this->wereReady = $this->missing === [];

        return false;
    }

    /** @return list<string> the servers that were not ready when it was last asked, with their state */
    public function missing(): array
    {
        return $this->missing;
    }

    /** @return list<string> */
    private function look(): array
    {
        $missing = [];
        foreach ($this->manager->health() as $key => $health) {
            if (!\in_array($health['state']->value, ['ready', 'degraded'], true)) {
                $missing[] = "$key ({$health['state']->value}" . ($health['last_reason'] === null ? '' : ", {$health['last_reason']}") . ')';
            }
        }

        return $missing;
    }
}
