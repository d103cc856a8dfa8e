<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Monitoring;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

/** Prometheus's own tool, the dashboard and the alerts agree with what the extension tells. */
#[RequiresPhpExtension('apn_ami')]
final class MonitoringTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    private const string RULES = self::ROOT . '/monitoring/prometheus/ami-client.rules.yml';

    private const string DASHBOARD = self::ROOT . '/monitoring/grafana/ami-client.json';

    public function test_promtool_finds_nothing_wrong_with_the_text(): void
    {
        self::assertSame('', self::promtool(['check', 'metrics'], self::busy()->prometheus()));
    }

    public function test_promtool_finds_nothing_wrong_with_the_rules(): void
    {
        self::assertStringContainsString('rules found', self::promtool(['check', 'rules', self::RULES]));
    }

    public function test_each_alert_fires_when_it_should_and_not_before(): void
    {
        $tests = self::ROOT . '/monitoring/prometheus/ami-client.test.yml';
        self::assertStringContainsString('SUCCESS', self::promtool(['test', 'rules', $tests]));
        preg_match_all('~- alert: (\w+)~', (string) file_get_contents(self::RULES), $alerts);
        foreach ($alerts[1] as $alert) {
            self::assertStringContainsString("alertname: $alert\n", (string) file_get_contents($tests), "$alert has no test");
            self::assertStringContainsString("| `$alert` |", (string) file_get_contents(self::ROOT . '/docs/metrics.md'), "$alert is not in the manual");
        }
    }

    public function test_the_text_of_openmetrics_follows_its_grammar(): void
    {
        $lines = explode("\n", self::busy()->prometheus(true));
        self::assertSame(['# EOF', ''], \array_slice($lines, -2));
        $label = '[a-zA-Z_]\w*="(?:[^"\\\\\n]|\\\\["\\\\n])*"';
        $family = $type = '';
        $described = $seen = [];
        foreach (\array_slice($lines, 0, -2) as $line) {
            if (preg_match('~^# (HELP|TYPE|UNIT) (\S+) (.+)$~D', $line, $match) === 1) {
                [, $keyword, $name, $text] = $match;
                if ($keyword === 'HELP') {
                    self::assertArrayNotHasKey($name, $described, 'the samples of a family stand together');
                    $described[$family = $name] = true;
                }
                self::assertSame($family, $name);
                $type = $keyword === 'TYPE' ? $text : $type;
                if ($keyword === 'UNIT') {
                    self::assertSame("_$text", substr($name, -\strlen($text) - 1));
                }
                continue;
            }
            self::assertSame(1, preg_match("~^(\\w+)(?:\\{($label(?:,$label)*)\\})? (-?[0-9.]+)\$~D", $line, $match), $line);
            $suffixes = ['counter' => ['_total'], 'gauge' => [''], 'histogram' => ['_bucket', '_count', '_sum']];
            self::assertContains(substr($match[1], \strlen($family)), $suffixes[$type], $line);
            self::assertTrue(str_starts_with($match[1], $family), $line);
            self::assertArrayNotHasKey("$match[1]{{$match[2]}}", $seen, 'each time series has one value');
            $seen["$match[1]{{$match[2]}}"] = true;
        }
        self::assertGreaterThan(100, \count($seen));
    }

    public function test_python_reads_what_openmetrics_says(): void
    {
        $read = 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as p; print(len(list(p(sys.stdin.read()))))';
        [$status] = self::run_with(['python3', '-c', 'import prometheus_client.openmetrics.parser']);
        if ($status !== 0) {
            self::markTestSkipped('needs python3-prometheus-client');
        }
        [$status, $said] = self::run_with(['python3', '-c', $read], self::busy()->prometheus(true));
        self::assertSame([0, (string) \count(self::families())], [$status, trim($said)]);
    }

    #[DataProvider('expressions')]
    public function test_a_query_names_only_what_is_told(string $expression): void
    {
        preg_match_all('~\bami_\w+~', $expression, $found);
        self::assertNotSame([], $found[0]);
        self::assertSame([], array_diff($found[0], self::names()), $expression);
    }

    /** @return iterable<string, array{string}> */
    public static function expressions(): iterable
    {
        $rules = (string) preg_replace('~^groups:\s+- name: ami-client~m', '', (string) file_get_contents(self::RULES));
        foreach (\array_slice(explode('- alert: ', (string) preg_replace('~^#.*~m', '', $rules)), 1) as $alert) {
            yield 'the alert ' . strtok($alert, "\n") => [$alert];
        }
        foreach (self::panels() as ['title' => $title, 'targets' => $targets]) {
            foreach ($targets as ['expr' => $expression]) {
                yield "the panel $title: $expression" => [$expression];
            }
        }
    }

    public function test_prometheus_can_read_each_query_of_the_dashboard(): void
    {
        $rules = [];
        foreach (self::panels() as ['targets' => $targets]) {
            foreach ($targets as ['expr' => $expression]) {
                $query = strtr($expression, ['$__rate_interval' => '1m', '$server' => '.*', '$instance' => '.*']);
                $rules[] = ['record' => 'query' . \count($rules), 'expr' => $query];
            }
        }
        $file = (string) tempnam(sys_get_temp_dir(), 'rules');
        file_put_contents($file, json_encode(['groups' => [['name' => 'a', 'rules' => $rules]]], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));
        try {
            self::assertStringContainsString(\count($rules) . ' rules found', self::promtool(['check', 'rules', $file]));
        } finally {
            unlink($file);
        }
    }

    /** @return list<string> what the extension tells, with the suffixes that histograms get */
    private static function names(): array
    {
        $names = [];
        foreach (self::families() as $name => $type) {
            foreach ($type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''] as $suffix) {
                $names[] = $name . $suffix;
            }
        }

        return $names;
    }

    /** @return array<string, string> type by name */
    private static function families(): array
    {
        $manager = AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 's']]]);
        preg_match_all('~^# TYPE (\w+) (\w+)$~m', $manager->prometheus(), $families);

        return array_combine($families[1], $families[2]);
    }

    /** @return list<array{title: string, targets: list<array{expr: string}>}> */
    private static function panels(): array
    {
        $dashboard = json_decode((string) file_get_contents(self::DASHBOARD), true, flags: JSON_THROW_ON_ERROR);
        self::assertIsArray($dashboard);
        $panels = $dashboard['panels'];
        self::assertIsArray($panels);

        // @phpstan-ignore return.type (what Grafana wrote)
        return array_values(array_filter($panels, static fn(mixed $panel): bool => \is_array($panel) && isset($panel['targets'])));
    }

    /** A manager that has something of everything to tell, names of all kinds included. */
    private static function busy(): AmiClientManager
    {
        if (!Simulator::isThere()) {
            self::markTestSkipped('needs the simulator');
        }
        $simulator = new Simulator('--nodes', '2', '--stdin');
        $servers = $simulator->servers() + ['quo"te' => ['host' => '::1', 'port' => 1, 'username' => 'u', 'secret' => 's']];
        $manager = AmiClientManager::fromConfig(['servers' => $servers, 'options' => ['event_queue_capacity' => 1]]);
        $manager->onAnyEvent(static fn() => null);
        $manager->connectAll();
        $manager->server('pbx1')->waitUntilReady();
        $manager->server('pbx2')->waitUntilReady();
        $simulator->command('pbx1 fault raw data=Event: Quo"te\\r\\n\\r\\nEvent: Back\\\\slash\\r\\n\\r\\nEvent: Lat\\xefn\\r\\n\\r\\nEvent: Last\\r\\n\\r\\n');
        for ($until = microtime(true) + 10; $manager->health()['pbx1']['dropped_events'] < 3;) {
            self::assertLessThan($until, microtime(true));
            $manager->tickAll(20);
        }

        return $manager;
    }

    /** @param list<string> $arguments */
    private static function promtool(array $arguments, string $input = ''): string
    {
        [$status] = self::run_with(['promtool', '--version']);
        if ($status !== 0) {
            self::markTestSkipped('needs promtool, which is in the package prometheus');
        }
        [$status, $said] = self::run_with(['promtool', ...$arguments], $input);
        self::assertSame(0, $status, $said);

        return $said;
    }

    /**
     * @param non-empty-list<string> $command
     *
     * @return array{int, string} its status, and what it said
     */
    private static function run_with(array $command, string $input = ''): array
    {
        $file = tmpfile();
        self::assertNotFalse($file);
        fwrite($file, $input);
        rewind($file);
        // What the shell says of a command that is not there is no matter.
        $said = (string) tempnam(sys_get_temp_dir(), 'said');
        $process = @proc_open($command, [$file, ['file', $said, 'w'], ['file', $said, 'a']], $pipes);
        $status = $process === false ? 127 : proc_close($process);
        $text = (string) file_get_contents($said);
        unlink($said);

        return [$status, $text];
    }
}
