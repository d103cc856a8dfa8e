<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Testing;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\Testing\InteractsWithAmi;
use PHPUnit\Framework\TestCase;

/** The trait in a test case without a framework. */
final class InteractsWithAmiTest extends TestCase
{
    use InteractsWithAmi;

    private static ?object $last = null;

    protected function setUp(): void
    {
        // It is there already where a test case sets up what it tests.
        $this->ami->answer('Ping', ['Ping' => 'Pong']);
    }

    /** @return list<string> */
    protected function amiServers(): array
    {
        return ['pbx1', 'pbx2'];
    }

    public function test_there_is_a_fake_with_the_servers_that_the_test_case_names(): void
    {
        self::assertSame(['pbx1', 'pbx2'], $this->ami->serverKeys());
        self::assertSame('Pong', $this->ami->call(new Ping())->get('Ping'));
        $this->ami->assertSentCount(1);
        self::$last = $this->ami;
    }

    public function test_each_test_has_its_own(): void
    {
        self::assertNotSame(self::$last, $this->ami);
        $this->ami->assertNothingSent();
    }

    public function test_what_a_listener_throws_fails_the_test_at_its_end(): void
    {
        $this->ami->onEvent('Hangup', static fn() => throw new \DomainException('in a listener'));
        $this->ami->event('Hangup');
        try {
            $this->tearDownAmi();
            self::fail('nothing was thrown');
        } catch (\DomainException $thrown) {
            self::assertSame('in a listener', $thrown->getMessage());
        }
    }

    public function test_unless_somebody_has_looked_at_it(): void
    {
        $this->ami->onEvent('Hangup', static fn() => throw new \DomainException('in a listener'));
        self::assertCount(1, $this->ami->event('Hangup')->failures());
    }
}
