<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Log;

use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Log\JsonLinesHandler;
use Apn\AmiClient\Log\JsonLinesLogger;
use Apn\AmiClient\Log\LineWriter;
use Apn\AmiClient\Redactor;
use Monolog\Logger;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;
use Psr\Log\InvalidArgumentException;
use Psr\Log\LogLevel;

final class JsonLinesLoggerTest extends TestCase
{
    public function test_a_record_is_one_line_with_its_time_in_utc(): void
    {
        $lines = $this->logged(static function (JsonLinesLogger $logger): void {
            $logger->warning('connection lost', ['server_key' => 'pbx1', 'timestamp_ms' => 981_173_106_789, 'error' => "two\nlines"]);
        });
        self::assertSame([[
            'time' => '2001-02-03T04:05:06.789Z',
            'level' => 'warning',
            'message' => 'connection lost',
            'context' => ['server_key' => 'pbx1', 'timestamp_ms' => 981_173_106_789, 'error' => "two\nlines"],
        ]], $lines);
    }

    public function test_records_under_the_level_are_left_out(): void
    {
        $lines = $this->logged(static function (JsonLinesLogger $logger): void {
            foreach (['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as $level) {
                $logger->log($level, $level);
            }
        }, LogLevel::WARNING);
        self::assertSame(['warning', 'error', 'critical', 'alert', 'emergency'], array_column($lines, 'message'));
        self::assertSame([[]], array_unique(array_column($lines, 'context'), SORT_REGULAR));
    }

    public function test_a_level_that_is_none_is_refused(): void
    {
        $logger = new JsonLinesLogger('/dev/null');
        $this->expectException(InvalidArgumentException::class);
        $logger->log('loud', 'x');
    }

    public function test_every_value_becomes_a_line(): void
    {
        $cycle = ['a' => 1];
        $cycle['self'] = &$cycle;
        $context = [
            'bytes' => "M\xfcnchen", 'utf8' => 'München', 'nan' => NAN, 'inf' => -INF, 'float' => 1.0, 'null' => null,
            'date' => new \DateTime('2001-02-03 04:05:06.7891 +0100'), 'enum' => ConnectionState::Ready, 'unit' => UnitOnly::One,
            'stream' => STDIN, 'closure' => static fn(): int => 1, 'cycle' => $cycle, 'many' => range(1, 1_000), "key\xff" => 1,
            'long' => str_repeat('x', 100_000), 'object' => new \ArrayObject(['secret' => 'hunter2']),
            'text' => new class implements \Stringable {
                public function __toString(): string
                {
                    return 'said';
                }
            },
            'throws' => new class implements \JsonSerializable {
                public function jsonSerialize(): never
                {
                    throw new \LogicException('no');
                }
            },
        ];
        $lines = $this->logged(static fn(JsonLinesLogger $logger) => $logger->info('x', $context));
        self::assertCount(1, $lines);
        $shown = $lines[0]['context'];
        self::assertIsArray($shown);
        self::assertSame("M\u{fffd}nchen", $shown['bytes']);
        self::assertSame(['München', 'NAN', '-INF', 1.0, null], [$shown['utf8'], $shown['nan'], $shown['inf'], $shown['float'], $shown['null']]);
        self::assertSame('2001-02-03T03:05:06.789Z', $shown['date']);
        self::assertSame([ConnectionState::Ready->value, 'One', 'resource (stream)', 'Closure'], [$shown['enum'], $shown['unit'], $shown['stream'], $shown['closure']]);
        self::assertIsArray($shown['many']);
        self::assertCount(201, $shown['many']);
        self::assertSame('1000 elements', $shown['many']['...']);
        self::assertIsString($shown['long']);
        self::assertStringEndsWith('x... (100000 bytes)', $shown['long']);
        self::assertLessThan(9_000, \strlen($shown['long']));
        self::assertSame(['ArrayObject', 'said'], [$shown['object'], $shown['text']]);
        self::assertIsString($shown['throws']);
        self::assertStringEndsWith(' threw LogicException', $shown['throws']);
        self::assertSame(1, $shown["key\u{fffd}"]);
    }

    #[TestWith(['texts'])]
    #[TestWith(['keys'])]
    #[TestWith(['numbers'])]
    public function test_a_line_has_a_bound_whatever_is_in_its_context(string $what): void
    {
        $text = str_repeat("\x01", 10_000);
        $keys = array_map(static fn(int $i): string => str_repeat("\x01", 250) . $i, range(1, 200));
        $context = $what === 'keys' ? array_fill_keys($keys, array_fill_keys($keys, 1)) : range(1, 200);
        // Next to nothing in memory, and 200 to the seventh elements for who visits all of them.
        for ($depth = 1; $depth < 7 && $what !== 'keys'; $depth++) {
            $context = array_fill(0, 200, $what === 'texts' && $depth === 1 ? $text : $context);
        }
        $lines = $this->logged(static fn(JsonLinesLogger $logger) => $logger->info('x', $context), json: $json);
        self::assertSame(['x'], array_column($lines, 'message'));
        self::assertLessThan(LineWriter::LINE_BYTES, \strlen($json));
        self::assertStringContainsString('"...":"200 elements"', $json);
    }

    public function test_an_exception_is_told_without_the_arguments_of_its_calls(): void
    {
        $thrower = static function (string $password): never {
            try {
                throw new \DomainException("inner of secret=$password");
            } catch (\DomainException $e) {
                throw new \RuntimeException('outer', 7, $e);
            }
        };
        $previous = ini_set('zend.exception_ignore_args', '0');
        try {
            $thrower('hunter2');
        } catch (\RuntimeException $e) {
            $lines = $this->logged(static fn(JsonLinesLogger $logger) => $logger->error('a callback threw', ['exception' => $e]), json: $text);
        } finally {
            ini_set('zend.exception_ignore_args', (string) $previous);
        }
        self::assertIsArray($lines[0]['context']);
        $shown = $lines[0]['context']['exception'];
        self::assertIsArray($shown);
        self::assertIsArray($shown['previous']);
        self::assertIsArray($shown['trace']);
        self::assertIsString($shown['trace'][0]);
        self::assertSame([\RuntimeException::class, 'outer', 7, __FILE__], [$shown['class'], $shown['message'], $shown['code'], $shown['file']]);
        self::assertSame([\DomainException::class, 'inner of secret=***'], [$shown['previous']['class'], $shown['previous']['message']]);
        self::assertStringContainsString(__FILE__, $shown['trace'][0]);
        self::assertStringNotContainsString('hunter2', $text);
    }

    public function test_secrets_are_hidden_however_deep(): void
    {
        $redactor = new Redactor(new ClientOptions(redactionKeys: ['Digit'], redactionValuePatterns: ['/\b\d{16}\b/']));
        $this->logged(static function (JsonLinesLogger $logger): void {
            $logger->info('login with password=hunter2', [
                'password' => 'hunter2', 'config' => ['servers' => ['pbx1' => ['secret' => 'hunter2', 'host' => '192.0.2.1']]],
                'uri' => 'sip:100:hunter2@192.0.2.1', 'digit' => '7', 'card' => 'is 4111111111111111', 'list' => ['token: hunter2'],
                'pins' => [1234, 5678], 'object' => new \ArrayObject(['x' => 'hunter2']),
                'json' => new class implements \JsonSerializable {
                    /** @return array<string, string> */
                    public function jsonSerialize(): array
                    {
                        return ['api_key' => 'hunter2', 'name' => 'ordinary'];
                    }
                },
                // The cut must not keep half of it.
                'long' => str_repeat('x', 8_180) . ' secret=hunter2hunter2hunter2',
            ]);
        }, redactor: $redactor, json: $text);
        foreach (['hunter', '4111', '1234', '5678', '"7"'] as $secret) {
            self::assertStringNotContainsString($secret, $text);
        }
        foreach (['192.0.2.1', 'ordinary', 'login with password=***'] as $shown) {
            self::assertStringContainsString($shown, $text);
        }
    }

    public function test_what_waits_is_written_when_the_logger_goes(): void
    {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($pair);
        [$reader, $stream] = $pair;
        $logger = new JsonLinesLogger($stream);
        for ($i = 0; $i < 3_000; $i++) {
            $logger->info('x', ['i' => $i]);
        }
        stream_set_blocking($reader, false);
        $text = '';
        while (!$logger->flush(0.01)) {
            $text .= stream_get_contents($reader);
        }
        unset($logger);
        $text .= stream_get_contents($reader);
        self::assertSame(3_000, substr_count($text, "\n"));
    }

    #[RequiresPhpExtension('pcntl')]
    #[RequiresPhpExtension('posix')]
    public function test_what_a_forked_child_logs_is_written_when_its_logger_goes(): void
    {
        $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($pair);
        [$reader, $stream] = $pair;
        $logger = new JsonLinesLogger($stream);
        for ($i = 0; $i < 5_000 && $logger->flush(); $i++) {
            $logger->info('of the parent', ['text' => str_repeat('x', 200)]);
        }
        $told = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        self::assertIsArray($told);
        $child = pcntl_fork();
        if ($child === 0) {
            $logger->info('of the child');
            fwrite($told[0], 'x');
            unset($logger);
            posix_kill((int) getmypid(), SIGKILL);
        }
        // Until here nothing is read: the child's line waits in the child.
        self::assertSame('x', fread($told[1], 1));
        stream_set_blocking($reader, false);
        $text = '';
        do {
            $text .= stream_get_contents($reader);
            $ended = pcntl_waitpid($child, $status, WNOHANG);
        } while ($ended === 0);
        $text .= stream_get_contents($reader);
        self::assertSame(1, substr_count($text, 'of the child'));
    }

    public function test_monolog_writes_the_same_lines(): void
    {
        if (!class_exists(Logger::class)) {
            self::markTestSkipped('Monolog is not installed');
        }
        $path = (string) tempnam(sys_get_temp_dir(), 'ami-monolog');
        $logger = new Logger('ami', [$handler = new JsonLinesHandler($path)]);
        $logger->pushProcessor(static function (\Monolog\LogRecord $record): \Monolog\LogRecord {
            $record->extra['token'] = 'hunter2';

            return $record;
        });
        $logger->warning('connection lost', ['server_key' => 'pbx1', 'nested' => ['secret' => 'hunter2'], 'bytes' => "\xff"]);
        $handler->close();
        $line = json_decode((string) file_get_contents($path), true, 512, JSON_THROW_ON_ERROR);
        unlink($path);
        self::assertIsArray($line);
        self::assertIsString($line['time']);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/', $line['time']);
        unset($line['time']);
        self::assertSame([
            'level' => 'warning', 'message' => 'connection lost',
            'context' => ['server_key' => 'pbx1', 'nested' => ['secret' => '***'], 'bytes' => "\u{fffd}"],
            'channel' => 'ami', 'extra' => ['token' => '***'],
        ], $line);
    }

    public function test_monolog_leaves_a_moved_file_when_it_is_opened_anew(): void
    {
        if (!class_exists(Logger::class)) {
            self::markTestSkipped('Monolog is not installed');
        }
        $path = (string) tempnam(sys_get_temp_dir(), 'ami-monolog');
        $logger = new Logger('ami', [$handler = new JsonLinesHandler($path)]);
        $logger->info('before');
        rename($path, "$path.1");
        $handler->reopen();
        $logger->info('after');
        $handler->close();
        $read = [(string) file_get_contents("$path.1"), (string) file_get_contents($path)];
        array_map(unlink(...), ["$path.1", $path]);
        self::assertStringContainsString('"before"', $read[0]);
        self::assertStringNotContainsString('"after"', $read[0]);
        self::assertStringContainsString('"after"', $read[1]);
    }

    /**
     * @param callable(JsonLinesLogger): mixed $log
     *
     * @param-out string $json
     *
     * @return list<array<array-key, mixed>> what was written
     */
    private function logged(callable $log, string $level = LogLevel::DEBUG, ?Redactor $redactor = null, ?string &$json = null): array
    {
        $path = (string) tempnam(sys_get_temp_dir(), 'ami-log');
        $logger = new JsonLinesLogger($path, $level, $redactor);
        $log($logger);
        self::assertTrue($logger->flush(5.0));
        $json = (string) file_get_contents($path);
        unlink($path);
        self::assertStringEndsWith("\n", $json);

        return array_map(static fn(string $line): array => (array) json_decode($line, true, 512, JSON_THROW_ON_ERROR), explode("\n", rtrim($json, "\n")));
    }
}

enum UnitOnly
{
    case One;
}
