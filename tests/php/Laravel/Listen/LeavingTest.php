<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Listen;

use Apn\AmiClient\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

#[RequiresPhpExtension('apn_ami')]
#[RequiresPhpExtension('posix')]
#[\PHPUnit\Framework\Attributes\Group('slow')]
final class LeavingTest extends ProcessTestCase
{
    /** @return iterable<string, array{string}> */
    public static function modes(): iterable
    {
        yield 'inline' => ['inline'];
        yield 'background' => ['background'];
    }

    #[DataProvider('modes')]
    public function test_a_sigterm_under_a_flood_says_goodbye_hands_out_what_had_come_and_exits_with_zero(string $io): void
    {
        $simulator = new Simulator('-n', '1', '--calls', '0', '--flood', 'endless');
        $listener = $this->start($simulator, ['ami-client.listen.io' => $io], 'flooded', 'ami:listen', '-v');
        self::until(static fn(): bool => \count($listener->lines('event')) > 5_000, 'events', $listener);
        $listener->signal(SIGTERM);
        self::until(static fn(): bool => $listener->status() !== null, 'the end', $listener);
        self::assertSame(0, $listener->status(), $listener->output());
        self::assertStringContainsString('Left by SIGTERM', $listener->output());
        self::assertStringNotContainsString('Cut off', $listener->output());
        self::assertStringNotContainsString('left behind', $listener->output());
        $numbers = array_map(intval(...), $listener->lines('event'));
        self::assertSame([(string) \count($numbers)], $listener->lines('finish'), 'nothing was heard after the end');
        self::assertSame($numbers, array_values(array_unique($numbers)));
        self::assertSame(1, self::counted(self::session($simulator), 'logoffs'));
    }
}
