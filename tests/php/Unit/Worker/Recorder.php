<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Worker;

use Apn\AmiClient\ConnectionGap;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Worker\HearsTakeover;
use Apn\AmiClient\Worker\StandsBy;

/** A service that writes down what is asked of it. */
final class Recorder implements HearsTakeover, StandsBy
{
    /** @var list<string> */
    public array $calls = [];

    /** @var list<ConnectionGap> */
    public array $gaps = [];

    public int $polls = 0;

    public ?AmiClientManager $manager = null;

    /** @var array<string, int> */
    public array $lost = [];

    /** @var (\Closure(self): (int|null))|null */
    public ?\Closure $onPoll = null;

    /** @var (\Closure(): bool)|null */
    public ?\Closure $busy = null;

    /** @param list<string> $throwing methods that throw */
    public function __construct(private readonly string $name = 'recorder', private readonly array $throwing = []) {}

    public function name(): string
    {
        return $this->name;
    }

    public function start(AmiClientManager $manager): void
    {
        $this->note('start');
        $this->manager = $manager;
    }

    public function poll(): ?int
    {
        $this->polls++;
        if (\in_array('poll', $this->throwing, true)) {
            throw new \DomainException('poll of ' . $this->name);
        }

        return $this->onPoll === null ? null : ($this->onPoll)($this);
    }

    public function stop(): void
    {
        $this->note('stop');
    }

    public function isBusy(): bool
    {
        return $this->busy !== null && ($this->busy)();
    }

    public function finish(): array
    {
        $this->note('finish');

        return $this->lost;
    }

    public function stats(): array
    {
        return ['polls' => $this->polls];
    }

    public function standBy(): void
    {
        $this->note('standBy');
    }

    public function takeOver(): void
    {
        $this->note('takeOver');
    }

    public function onTakeover(ConnectionGap $gap): void
    {
        $this->gaps[] = $gap;
        $this->note('onTakeover');
    }

    private function note(string $method): void
    {
        $this->calls[] = $method;
        if (\in_array($method, $this->throwing, true)) {
            throw new \DomainException($method . ' of ' . $this->name);
        }
    }
}
