<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Console;

use Apn\AmiClient\Bridge\EventPayload;
use Composer\Autoload\ClassLoader;

#[\PHPUnit\Framework\Attributes\Group('slow')]
final class TailCommandTest extends ConsoleTestCase
{
    private const int SECONDS = 20;

    public function test_events_are_shown_until_there_were_enough(): void
    {
        $this->simulate([], '--flood', '100', '--flood-names', 'FloodA,FloodB');
        self::assertSame(0, $this->artisan('ami:tail', ['--event' => ['FloodB'], '--server' => ['pbx2'], '--count' => '20', '--max-time' => (string) self::SECONDS]));
        self::assertSame(20, preg_match_all('/^\d\d:\d\d:\d\d\.\d{3}  pbx2  FloodB /m', $this->shown));
        self::assertStringContainsString('20 shown of ', $this->shown);
        self::assertStringContainsString('own connections to pbx2', $this->shown);
        self::assertStringNotContainsString('pbx1', $this->shown);
    }

    public function test_json_is_the_whole_event_and_nothing_else_is_on_the_output(): void
    {
        $this->simulate([], '--flood', '100');
        [$process, $pipes] = $this->start('ami:tail', '--json', '--event=UserEvent', '--header=UserEvent=*', '--count=5');
        $lines = $this->linesOf($pipes[1]);
        self::assertCount(5, $lines, (string) stream_get_contents($pipes[2]));
        foreach ($lines as $line) {
            $event = EventPayload::fromJson($line);
            self::assertSame('UserEvent', $event->name);
            self::assertNotNull($event->get('Seq'));
        }
        self::assertSame(0, proc_close($process));
    }

    public function test_it_ends_quietly_when_nobody_reads_any_more(): void
    {
        $this->simulate([], '--flood', '3');
        [$process, $pipes] = $this->start('ami:tail', '--raw', '--event=UserEvent', '--max-time=' . self::SECONDS);
        self::assertSame('Event: UserEvent', rtrim((string) fgets($pipes[1])));
        fclose($pipes[1]);
        // No further event comes: it is the closed pipe that ends it.
        $said = (string) stream_get_contents($pipes[2]);
        self::assertDoesNotMatchRegularExpression('/rror| shown of /', $said);
        self::assertSame(0, proc_close($process));
    }

    public function test_a_signal_ends_it_in_order(): void
    {
        $this->simulate();
        [$process, $pipes] = $this->start('ami:tail', '--max-time=' . self::SECONDS);
        $said = '';
        while (!str_contains($said, 'pbx1: ready') || !str_contains($said, 'pbx2: ready')) {
            $line = fgets($pipes[2]);
            self::assertIsString($line, $said);
            $said .= $line;
        }
        proc_terminate($process, 2);
        $start = hrtime(true);
        self::assertStringContainsString(' shown of ', (string) stream_get_contents($pipes[2]));
        self::assertLessThan(self::SECONDS * 1e9 / 2, hrtime(true) - $start, 'it was the signal');
        self::assertSame(0, proc_close($process));
    }

    public function test_a_reader_that_stands_still_is_told_how_much_it_missed(): void
    {
        $this->simulate([], '--flood', '40000');
        [$process, $pipes] = $this->start('ami:tail', '--json', '--event=UserEvent', '--event=FloodDone', '--server=pbx1', '--count=10000', '--max-time=' . 3 * self::SECONDS);
        // It ends by itself, though nobody reads its output.
        $said = (string) stream_get_contents($pipes[2]);
        self::assertMatchesRegularExpression('/ [\d,]+ left out, as the terminal or pipe took no more/', $said);
        self::assertSame(0, proc_close($process));
    }

    public function test_no_server_is_exit_code_1(): void
    {
        $this->boot(['ami-client.servers' => ['gone' => ['host' => '127.0.0.1', 'port' => 1, 'username' => 'u', 'secret' => 's']]]);
        self::assertSame(1, $this->artisan('ami:tail', ['--max-time' => '0.3']));
        self::assertStringContainsString('gone: not reached', $this->shown);
    }

    public function test_options_that_cannot_be_used_are_refused(): void
    {
        $this->boot(['ami-client.servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's']]]);
        foreach ([['--count' => '0'], ['--header' => ['Channel']], ['--max-time' => 'x'], ['--json' => true, '--raw' => true], ['--server' => ['b']]] as $options) {
            self::assertSame(2, $this->artisan('ami:tail', $options));
        }
    }

    /** @return array{resource, array<int, resource>} */
    private function start(string ...$arguments): array
    {
        $folder = $this->folder();
        $autoload = \dirname((string) new \ReflectionClass(ClassLoader::class)->getFileName(), 2) . '/autoload.php';
        $servers = var_export($this->simulator->servers(), true);
        file_put_contents("$folder/config/ami-client.php", '<?php return [\'servers\' => ' . $servers . '] + require ' . var_export(\dirname(__DIR__, 4) . '/php/Laravel/config/ami-client.php', true) . ';');
        file_put_contents("$folder/artisan", '<?php require ' . var_export($autoload, true) . ';
            $app = Illuminate\Foundation\Application::configure(__DIR__)->withProviders([Apn\AmiClient\Laravel\AmiServiceProvider::class], withBootstrapProviders: false)
                ->withMiddleware(static function (): void {})->withExceptions(static function (): void {})->create();
            exit($app->handleCommand(new Symfony\Component\Console\Input\ArgvInput()));');
        $extension = array_values(array_filter(explode("\n", (string) shell_exec('tr "\0" "\n" </proc/' . getmypid() . '/cmdline')), static fn(string $argument): bool => str_starts_with($argument, 'extension=')));
        $process = proc_open(
            [PHP_BINARY, '-d', 'display_errors=stderr', ...($extension === [] ? [] : ['-d', $extension[0]]), "$folder/artisan", ...array_values($arguments)],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            null,
            ['APP_ENV' => 'testing', 'APP_KEY' => 'base64:' . base64_encode(str_repeat('k', 32)), 'LOG_CHANNEL' => 'null', 'CACHE_STORE' => 'array'] + getenv(),
        );
        self::assertIsResource($process);
        foreach ($pipes as $pipe) {
            stream_set_timeout($pipe, self::SECONDS);
        }

        return [$process, $pipes];
    }

    /**
     * @param resource $pipe
     *
     * @return list<string>
     */
    private function linesOf($pipe): array
    {
        $text = trim((string) stream_get_contents($pipe));

        return $text === '' ? [] : explode("\n", $text);
    }
}
