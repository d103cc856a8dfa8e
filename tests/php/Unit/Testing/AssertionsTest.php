<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeManager;
use Apn\AmiClient\Testing\SentAction;
use PHPUnit\Framework\AssertionFailedError;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Assertions about what a fake was sent. */
final class AssertionsTest extends TestCase
{
    /** @param \Closure(FakeManager): mixed $assert */
    #[DataProvider('true')]
    public function test_what_is_so_holds(\Closure $assert): void
    {
        $assert(self::fake());
    }

    /** @return iterable<string, array{\Closure(FakeManager): mixed}> */
    public static function true(): iterable
    {
        yield 'by name' => [static fn(FakeManager $fake) => $fake->assertSent('originate')];
        yield 'by wildcard' => [static fn(FakeManager $fake) => $fake->assertSent('Queue*')];
        yield 'by class' => [static fn(FakeManager $fake) => $fake->assertSent(Originate::class)];
        yield 'by class and function' => [static fn(FakeManager $fake) => $fake->assertSent(Originate::class, static fn(Originate $sent): bool => $sent->channel === 'PJSIP/100')];
        yield 'by a function of a class, which is asked for no other' => [static fn(FakeManager $fake) => $fake->assertSent(static fn(Originate $sent, string $server): bool => $server === 'a')];
        yield 'by a function of any action' => [static fn(FakeManager $fake) => $fake->assertSent(static fn(Action $sent): bool => $sent->name() === 'Ping')];
        yield 'by a function of what was sent' => [static fn(FakeManager $fake) => $fake->assertSent(static fn(SentAction $sent): bool => $sent->header('PENALTY') === '5')];
        yield 'by a function without types' => [static fn(FakeManager $fake) => $fake->assertSent(static fn($sent) => $sent instanceof Ping)];
        yield 'by headers' => [static fn(FakeManager $fake) => $fake->assertSent('QueueAdd', ['queue' => 'sales', 'Penalty' => 5, 'Paused' => false])];
        yield 'by a header that repeats' => [static fn(FakeManager $fake) => $fake->assertSent('Originate', ['Variable' => ['A=1', 'TOKEN=hush']])];
        yield 'by a header that is not there' => [static fn(FakeManager $fake) => $fake->assertSent('Originate', ['Timeout' => null])];
        yield 'to a server' => [static fn(FakeManager $fake) => $fake->assertSentTo('b', 'QueueAdd', ['Queue' => 'sales'])];
        yield 'not' => [static fn(FakeManager $fake) => $fake->assertNotSent('Hangup')->assertNotSent('QueueAdd', ['Queue' => 'support'])];
        yield 'how many' => [static fn(FakeManager $fake) => $fake->assertSentCount(4)->assertSentCount(2, 'Ping')->assertSentCount(0, 'Hangup')];
        yield 'nothing' => [static fn() => new FakeManager()->assertNothingSent()];
        yield 'nothing since' => [static fn(FakeManager $fake) => $fake->forgetSent()->assertNothingSent()];
    }

    /** @param \Closure(FakeManager): mixed $assert */
    #[DataProvider('false')]
    public function test_what_is_not_so_fails_and_says_what_was_sent(\Closure $assert, string $message): void
    {
        try {
            $assert(self::fake());
        } catch (AssertionFailedError $failed) {
            self::assertSame($message . "\n" . <<<'TEXT'
                Sent were:
                1. Ping to "a"
                2. Originate to "a" (Channel: PJSIP/100, Application: Wait, Variable: A=1, Variable: TOKEN=***, Async: true)
                3. QueueAdd to "b" (Queue: sales, Penalty: 5, Paused: false, Password: ***)
                4. Ping to "b"
                TEXT, $failed->getMessage());

            return;
        }
        self::fail('nothing was thrown');
    }

    /** @return iterable<string, array{\Closure(FakeManager): mixed, string}> */
    public static function false(): iterable
    {
        yield 'a name' => [static fn(FakeManager $fake) => $fake->assertSent('Hangup'), 'Hangup was not sent.'];
        yield 'headers' => [static fn(FakeManager $fake) => $fake->assertSent('QueueAdd', ['Queue' => 'x', 'Password' => 'hush!']), 'QueueAdd with the given Queue, Password was not sent.'];
        yield 'one of two values' => [static fn(FakeManager $fake) => $fake->assertSent('Originate', ['Variable' => 'A=1']), 'Originate with the given Variable was not sent.'];
        yield 'a function' => [static fn(FakeManager $fake) => $fake->assertSent('Ping', static fn(): bool => false), 'Ping that the given function accepts was not sent.'];
        yield 'a function alone' => [static fn(FakeManager $fake) => $fake->assertSent(static fn(): bool => false), 'The expected action was not sent.'];
        yield 'another server' => [static fn(FakeManager $fake) => $fake->assertSentTo('a', 'QueueAdd'), 'QueueAdd was not sent to "a".'];
        yield 'not' => [static fn(FakeManager $fake) => $fake->assertNotSent('Ping'), 'Ping was sent.'];
        yield 'how many' => [static fn(FakeManager $fake) => $fake->assertSentCount(3), 'Actions sent: 4, expected: 3.'];
        yield 'how many of one' => [static fn(FakeManager $fake) => $fake->assertSentCount(1, 'Ping'), 'Ping sent: 2, expected: 1.'];
        yield 'nothing' => [static fn(FakeManager $fake) => $fake->assertNothingSent(), 'Actions sent: 4, expected: 0.'];
    }

    public function test_where_nothing_was_sent_the_message_says_so(): void
    {
        $this->expectException(AssertionFailedError::class);
        $this->expectExceptionMessage("Ping was not sent.\nNothing was sent.");
        new FakeManager()->assertSent('Ping');
    }

    public function test_a_message_lists_no_more_than_anybody_reads(): void
    {
        $fake = new FakeManager();
        for ($place = 0; $place < 60; $place++) {
            $fake->send(new Ping());
        }
        $this->expectException(AssertionFailedError::class);
        $this->expectExceptionMessageMatches('/50\. Ping to "default"\nand 10 more$/D');
        $fake->assertNothingSent();
    }

    public function test_what_was_sent_can_be_looked_at(): void
    {
        $fake = self::fake();
        [$first, $second] = $fake->sent('Ping');
        self::assertSame(['a', 'b'], [$first->serverKey, $second->serverKey]);
        self::assertCount(4, $fake->sent());
        $originate = $fake->sent(Originate::class)[0];
        self::assertSame(['A=1', 'TOKEN=hush'], $originate->all('variable'));
        self::assertSame('PJSIP/100', $originate->header('CHANNEL'));
        self::assertNull($originate->header('Timeout'));
        self::assertSame($fake->now(), $originate->sentAt);
    }

    private static function fake(): FakeManager
    {
        $fake = new FakeManager(servers: ['a', 'b']);
        $fake->server('a')->send(new Ping());
        $fake->server('a')->send(new Originate('PJSIP/100', application: 'Wait', variables: ['A' => '1', 'TOKEN' => 'hush']));
        $fake->server('b')->send(new GenericAction('QueueAdd', ['Queue' => 'sales', 'Penalty' => 5, 'Paused' => false, 'Password' => 'hush']));
        $fake->server('b')->send(new Ping());

        return $fake;
    }
}
