<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench\Support;

/** A promise about speed, and whether it was kept in this run. */
final readonly class Bound
{
    /** @param bool|null $isKept null where there was nothing to compare with */
    private function __construct(public string $what, public string $figure, public ?bool $isKept) {}

    /** @return list<self> */
    public static function judge(Results $results): array
    {
        return [
            self::timesThePeers($results, Row::Three, 12),
            self::timesThePeers($results, Row::All, 8),
            self::shareOfRaw($results, 0.6),
            self::pingToRaw($results, 1.1),
            self::pingToPeers($results),
        ];
    }

    public function verdict(): string
    {
        return match ($this->isKept) {
            true => 'kept',
            false => 'missed',
            null => 'not measured',
        };
    }

    /** Judged by the clock; the ratio of processor times stands beside it, as a busy machine disturbs it less. */
    private static function timesThePeers(Results $results, Row $row, int $least): self
    {
        $what = $row->title() . ": at least $least times the fastest client in PHP";
        [$fastest, $ours, $rate] = [$results->fastestPeer($row), $results->client(Clients::OURS), self::rate($results, $row, Clients::OURS)];
        if ($fastest === null || $ours === null || $rate === null) {
            return new self($what, '', null);
        }
        $ratio = $rate / Statistics::median($results->rates($row, $fastest));
        $cpu = $results->cpu($row, $fastest) / $results->cpu($row, $ours);

        return new self($what, \sprintf('%.1f times %s (%.1f by processor time)', $ratio, $fastest->title, $cpu), $ratio >= $least);
    }

    private static function shareOfRaw(Results $results, float $least): self
    {
        $what = \sprintf("%s: at least %d %% of PHP's fread", Row::Nothing->title(), 100 * $least);
        [$ours, $raw] = [self::rate($results, Row::Nothing, Clients::OURS), self::rate($results, Row::Nothing, Clients::RAW)];

        return $ours === null || $raw === null ? new self($what, '', null) : new self($what, \sprintf('%.0f %%', 100 * $ours / $raw), $ours / $raw >= $least);
    }

    private static function pingToRaw(Results $results, float $most): self
    {
        $what = "Ping there and back: at most $most times fwrite and fgets";
        [$ours, $raw] = [self::ping($results, Clients::OURS), self::ping($results, Clients::RAW)];

        return $ours === null || $raw === null ? new self($what, '', null) : new self($what, \sprintf('%.2f times', $ours / $raw), $ours / $raw <= $most);
    }

    private static function pingToPeers(Results $results): self
    {
        $what = 'Ping there and back: no slower than any client in PHP';
        $peers = [];
        foreach ($results->clients as $client) {
            $median = $client->isPeer() ? self::ping($results, $client->name) : null;
            if ($median !== null) {
                $peers[$client->title] = $median;
            }
        }
        $ours = self::ping($results, Clients::OURS);
        if ($peers === [] || $ours === null) {
            return new self($what, '', null);
        }
        asort($peers);

        return new self($what, \sprintf('%.2f times %s', $ours / reset($peers), key($peers)), $ours <= reset($peers));
    }

    private static function rate(Results $results, Row $row, string $name): ?float
    {
        $client = $results->client($name);
        $rates = $client === null ? [] : $results->rates($row, $client);

        return $rates === [] ? null : Statistics::median($rates);
    }

    private static function ping(Results $results, string $name): ?float
    {
        $client = $results->client($name);
        $times = $client === null ? [] : $results->times(Row::Ping, $client);

        return $times === [] ? null : Statistics::median($times);
    }
}
