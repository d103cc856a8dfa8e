<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Dashboard;

/** A Prometheus of its own that scrapes one target, and its API. */
final class Prometheus
{
    /** @var resource */
    private $process;

    public function __construct(private readonly string $folder, string $target, private readonly int $port, int $scrapeSeconds)
    {
        file_put_contents("$folder/prometheus.yml", <<<YAML
            global: {scrape_interval: {$scrapeSeconds}s, scrape_timeout: {$scrapeSeconds}s}
            scrape_configs:
              - job_name: ami-client
                static_configs: [{targets: ['$target']}]
            YAML);
        $command = ['prometheus', "--config.file=$folder/prometheus.yml", "--storage.tsdb.path=$folder/data", "--web.listen-address=127.0.0.1:$port"];
        $process = proc_open($command, [1 => ['file', '/dev/null', 'w'], 2 => ['file', "$folder/prometheus.log", 'w']], $pipes);
        $this->process = $process !== false ? $process : throw new \RuntimeException('prometheus cannot be run: it is in the package prometheus');
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }

    /**
     * @return list<array{labels: array<string, string>, values: array<int, float>}> values by the time, in seconds since the epoch
     */
    public function range(string $query, int $from, int $to, int $step): array
    {
        /** @var list<array{metric: array<string, string>, values: list<array{int, string}>}> $found */
        $found = $this->ask('query_range', ['query' => $query, 'start' => $from, 'end' => $to, 'step' => $step]);

        return array_map(static fn(array $series): array => [
            'labels' => $series['metric'],
            'values' => array_map(floatval(...), array_column($series['values'], 1, 0)),
        ], $found);
    }

    public function instant(string $query, int $at): ?float
    {
        /** @var list<array{value: array{int, string}}> $found */
        $found = $this->ask('query', ['query' => $query, 'time' => $at]);

        return isset($found[0]) ? (float) $found[0]['value'][1] : null;
    }

    /**
     * @param array<string, int|string> $parameters
     *
     * @return mixed the result, of which Prometheus says the shape
     */
    private function ask(string $what, array $parameters): mixed
    {
        $url = "http://127.0.0.1:{$this->port}/api/v1/$what?" . http_build_query($parameters);
        $text = file_get_contents($url, false, stream_context_create(['http' => ['ignore_errors' => true]]));
        /** @var array{status?: string, data?: array{result: mixed}}|null $answer */
        $answer = json_decode((string) $text, true);
        if (($answer['status'] ?? '') !== 'success' || !isset($answer['data'])) {
            throw new \RuntimeException("Prometheus does not answer {$parameters['query']}: $text");
        }

        return $answer['data']['result'];
    }
}
