<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** All samples, and what they say together. */
final class Results
{
    /** Share of events; who is further off is not called fast. An event or two that are damaged by a login are told, but forgiven. */
    private const float MOST_OFF = 0.001;

    /** @var array<string, array<string, list<Sample>>> by row and client */
    private array $samples = [];

    /** @param list<Client> $clients those that are measured, in the order in which they are shown */
    public function __construct(public readonly array $clients) {}

    public function add(Row $row, Client $client, Sample $sample): void
    {
        $this->samples[$row->value][$client->name][] = $sample;
    }

    /** @param list<string> $names of clients that failed: what they measured before is no result */
    public function without(array $names): self
    {
        $others = new self(array_values(array_filter($this->clients, static fn(Client $client): bool => !\in_array($client->name, $names, true))));
        $others->samples = $this->samples;

        return $others;
    }

    /** @return list<Sample> */
    public function of(Row $row, Client $client): array
    {
        return $this->samples[$row->value][$client->name] ?? [];
    }

    /** @return list<float> events a second, one of each round; none where a client lost or doubled too many to have one */
    public function rates(Row $row, Client $client): array
    {
        $samples = $this->of($row, $client);
        if (array_any($samples, static fn(Sample $sample): bool => abs($sample->heard - $sample->events) > $sample->events * self::MOST_OFF)) {
            return [];
        }

        return array_map(static fn(Sample $sample): float => $sample->rate(), $samples);
    }

    /** @return list<int> nanoseconds of each exchange in all rounds */
    public function times(Row $row, Client $client): array
    {
        return array_merge(...array_map(static fn(Sample $sample): array => $sample->times, $this->of($row, $client)));
    }

    /** Microseconds of processor time of an event, the kernel's for this process included. */
    public function cpu(Row $row, Client $client): float
    {
        return Statistics::median(array_map(static fn(Sample $sample): float => $sample->cpu / max(1, $sample->heard) * 1e6, $this->of($row, $client)));
    }

    public function peak(Row $row, Client $client): int
    {
        return max([0, ...array_map(static fn(Sample $sample): int => $sample->peak, $this->of($row, $client))]);
    }

    /** The fastest client of PHP in a row. */
    public function fastestPeer(Row $row): ?Client
    {
        $peers = array_filter($this->clients, fn(Client $client): bool => $client->isPeer() && $this->rates($row, $client) !== []);
        usort($peers, fn(Client $one, Client $other): int => Statistics::median($this->rates($row, $other)) <=> Statistics::median($this->rates($row, $one)));

        return $peers[0] ?? null;
    }

    /** @return list<string> who lost or damaged events, or had no JIT where it should */
    public function remarks(): array
    {
        $remarks = [];
        foreach (Row::cases() as $row) {
            foreach ($this->clients as $client) {
                $samples = $this->of($row, $client);
                $heard = array_sum(array_map(static fn(Sample $sample): int => $sample->heard - $sample->events, array_filter($samples, static fn(Sample $sample): bool => $sample->times === [])));
                $damaged = \count(array_filter($samples, static fn(Sample $sample): bool => !$sample->isExact && $sample->heard === $sample->events));
                $without = \count(array_filter($samples, static fn(Sample $sample): bool => $sample->hasJit !== $row->withJit()));
                $at = "$client->title, {$row->title()}";
                if ($heard !== 0) {
                    $remarks[] = "$at: " . number_format(abs($heard)) . ' events ' . ($heard < 0 ? 'lost' : 'too many');
                }
                if ($damaged > 0) {
                    $remarks[] = "$at: in $damaged of " . \count($samples) . ' rounds not all headers of all events arrived';
                }
                if ($without > 0) {
                    $remarks[] = "$at: the JIT was " . ($row->withJit() ? 'off' : 'on') . ', which it should not be';
                }
            }
        }

        return $remarks;
    }

    public function client(string $name): ?Client
    {
        return array_find($this->clients, static fn(Client $client): bool => $client->name === $name);
    }
}
