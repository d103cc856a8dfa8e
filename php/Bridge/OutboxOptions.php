<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bridge;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * How much a bridge holds back, and how it tries again.
 */
final readonly class OutboxOptions
{
    /**
     * @param int $buffer most events that wait. At a busy node's 1,000 events a second, the default is ten seconds without the target
     * @param int $bufferBytes most bytes of them: 10,000 usual events of 600 bytes are 6 MB, and a few large ones must not be more
     *     than the machine has
     * @param int $batch most events in one call of the target
     * @param int $budgetMs milliseconds after which no further batch is begun: ticks must go on while a backlog is worked off
     * @param int $retryMs milliseconds until the first retry; each further one waits twice as long
     * @param int $retryMaxMs most milliseconds between two tries
     * @param int $tries attempts after which the oldest event is given up, counted as failed; 0 tries until it is taken
     *
     * @throws InvalidConfigurationException
     */
    public function __construct(
        public int $buffer = 10_000,
        public int $bufferBytes = 16 * 1024 * 1024,
        public int $batch = 200,
        public int $budgetMs = 20,
        public int $retryMs = 100,
        public int $retryMaxMs = 5_000,
        public int $tries = 0,
    ) {
        foreach (['buffer' => 1, 'bufferBytes' => 1, 'batch' => 1, 'budgetMs' => 1, 'retryMs' => 1, 'retryMaxMs' => $retryMs, 'tries' => 0] as $name => $least) {
            if ($this->$name < $least) {
                throw new InvalidConfigurationException("$name must be at least $least, but is {$this->$name}");
            }
        }
    }
}
