<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Contract;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\EventFilter;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\ReentrancyException;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * What listeners hear, in which order, and what they may do.
 *
 * @phpstan-require-extends AmiClientManagerContract
 */
trait EventsContract
{
    public function test_an_event_has_what_the_server_said_with_repeats_in_order(): void
    {
        $events = $this->heard('UserEvent');
        $this->send($this->userEvent('Order', ['Line' => ['a', 'b', 'a'], 'Empty' => '']));
        $this->tickUntil(fn(): bool => \count($events) === 1);
        $event = $events[0];
        self::assertInstanceOf(AmiEvent::class, $event);
        self::assertSame(['UserEvent', 'pbx1'], [$event->name, $event->serverKey]);
        self::assertSame(['Order', 'a'], [$event->get('userevent'), $event->get('LINE')]);
        self::assertSame(['a', 'b', 'a'], $event->all('line'));
        self::assertSame(['a', 'b', 'a'], $event->headers['line']);
        self::assertTrue($event->has('Empty'));
        self::assertSame('', $event->get('Empty'));
        self::assertFalse($event->has('Absent'));
        self::assertGreaterThan(0.0, $event->receivedAt);
    }

    public function test_listeners_hear_their_name_in_any_case_their_server_and_everything(): void
    {
        $manager = $this->ready();
        /** @var list<string> $told */
        $told = [];
        $tell = static function (string $who) use (&$told): \Closure {
            return static function (AmiEvent $event) use (&$told, $who): void {
                $told[] = "$who {$event->serverKey} {$event->get('UserEvent')}";
            };
        };
        $manager->onEvent('USEREVENT', $tell('name'));
        $manager->onEvent('Hangup', $tell('other name'));
        $manager->onAnyEvent($tell('any'), ['userevent' => ['One', 'Two']]);
        $manager->server('pbx2')->onEvent('UserEvent', $tell('pbx2'));
        $this->send($this->userEvent('One'));
        $this->send($this->userEvent('Two'), 'pbx2');
        $this->tickUntil(function () use (&$told): bool {
            return \count($told) >= 5;
        });
        sort($told);
        self::assertSame(['any pbx1 One', 'any pbx2 Two', 'name pbx1 One', 'name pbx2 Two', 'pbx2 pbx2 Two'], $told);
    }

    public function test_higher_priorities_are_called_first_and_equal_ones_in_their_order(): void
    {
        $manager = $this->ready();
        /** @var list<string> $told */
        $told = [];
        $tell = static function (string $who) use (&$told): \Closure {
            return static function () use (&$told, $who): void {
                $told[] = $who;
            };
        };
        $first = $manager->onEvent('UserEvent', $tell('first'));
        $manager->onEvent('UserEvent', $tell('low'), priority: -5);
        $high = $manager->onAnyEvent($tell('high'), ['UserEvent' => 'Sorted'], 10);
        $manager->onAnyEvent($tell('second'), ['UserEvent' => 'Sorted']);
        self::assertSame(['UserEvent', 0], [$first->eventName(), $first->priority()]);
        self::assertSame([null, 10], [$high->eventName(), $high->priority()]);
        $this->send($this->userEvent('Sorted'));
        $this->tickUntil(function () use (&$told): bool {
            return \count($told) === 4;
        });
        self::assertSame(['high', 'first', 'second', 'low'], $told);
    }

    /** @param array<string, string|list<string>> $filter */
    #[DataProvider('filters')]
    public function test_a_filter_asks_for_values_of_headers(array $filter, bool $fits): void
    {
        $filtered = $this->heard('UserEvent', $filter);
        $all = $this->heard('UserEvent');
        $this->send($this->userEvent('Filtered', ['Queue' => ['support', 'sales']]));
        $this->tickUntil(fn(): bool => \count($all) === 1);
        self::assertCount($fits ? 1 : 0, $filtered);
    }

    /** @return iterable<string, array{array<string, string|list<string>>, bool}> */
    public static function filters(): iterable
    {
        yield 'a value' => [['queue' => 'support'], true];
        yield 'one of some' => [['QUEUE' => ['x', 'support']], true];
        yield 'another value' => [['Queue' => 'Support'], false];
        yield 'a value that is not the first' => [['Queue' => 'sales'], false];
        yield 'a header that is not there' => [['Absent' => ''], false];
        yield 'two, of which one fits' => [['Queue' => 'support', 'UserEvent' => 'x'], false];
        yield 'none' => [[], true];
    }

    public function test_an_event_filter_decides_and_where_it_throws_nobody_hears(): void
    {
        $filter = new class implements EventFilter {
            public function accepts(AmiEvent $event): bool
            {
                return match ($event->get('UserEvent')) {
                    'Yes' => true,
                    'No' => false,
                    default => throw new \DomainException('undecided'),
                };
            }
        };
        $filtered = $this->heard('UserEvent', $filter);
        $all = $this->heard('UserEvent');
        foreach (['No', 'Perhaps', 'Yes'] as $name) {
            $this->send($this->userEvent($name));
        }
        $this->quietly(fn() => $this->tickUntil(fn(): bool => \count($all) === 3));
        self::assertSame(['Yes'], array_map(static fn(AmiEvent $event): ?string => $event->get('UserEvent'), $filtered->getArrayCopy()));
    }

    public function test_a_filter_or_a_name_that_cannot_be_used_is_refused(): void
    {
        $manager = $this->manager();
        $listener = static fn(AmiEvent $event): string => $event->name;
        foreach ([
            fn() => $manager->onEvent('', $listener),
            // @phpstan-ignore argument.type (what is refused)
            fn() => $manager->onEvent('A', $listener, ['a value without a name']),
            // @phpstan-ignore argument.type (what is refused)
            fn() => $manager->onAnyEvent($listener, ['Queue' => 1.5]),
        ] as $refused) {
            try {
                $refused();
                self::fail('nothing was thrown');
            } catch (InvalidConfigurationException $error) {
                self::assertNotSame('', $error->key());
            }
        }
    }

    public function test_a_listener_that_throws_disturbs_nobody(): void
    {
        $manager = $this->ready();
        $manager->onEvent('UserEvent', static fn() => throw new \DomainException('listener'), priority: 5);
        $heard = $this->heard('UserEvent');
        $failures = 0;
        $this->send($this->userEvent('Thrown'));
        $this->quietly(function () use ($manager, $heard, &$failures): void {
            for ($tick = 0; $tick < self::MAX_TICKS && \count($heard) === 0; $tick++) {
                $failures += $manager->tickAll(50)->listenerFailures;
            }
        });
        self::assertCount(1, $heard);
        self::assertSame(1, $failures);
    }

    public function test_a_callback_that_throws_disturbs_no_other_callback_and_no_tick(): void
    {
        $pending = $this->ready()->default()->send(new Ping());
        $told = false;
        $pending->onComplete(static fn() => throw new \DomainException('callback'));
        $pending->onComplete(function () use (&$told): void {
            $told = true;
        });
        $this->quietly(fn() => $this->tickUntil($pending->isComplete(...)));
        self::assertTrue($told);
        self::assertNull($pending->error());
        // At once it is the caller's.
        $this->expectException(\DomainException::class);
        $pending->onComplete(static fn() => throw new \DomainException('callback'));
    }

    public function test_a_subscription_that_is_cancelled_hears_no_more_not_even_of_the_same_event(): void
    {
        $manager = $this->ready();
        $never = $manager->onEvent('UserEvent', static fn() => self::fail('it was called'));
        $manager->onEvent('UserEvent', static function () use ($never): void {
            $never->cancel();
        }, priority: 1);
        $heard = $this->heard('UserEvent');
        self::assertTrue($never->isActive());
        $this->send($this->userEvent('One'));
        $this->tickUntil(fn(): bool => \count($heard) === 1);
        self::assertFalse($never->isActive());
        $never->cancel();
    }

    public function test_a_listener_may_send_and_subscribe_but_not_tick(): void
    {
        $manager = $this->ready();
        /** @var \ArrayObject<string, PendingAction|\Throwable|int> $made */
        $made = new \ArrayObject();
        $late = $this->heard('Never');
        $manager->onEvent('UserEvent', function () use ($manager, $made, $late): void {
            $made['sent'] = $sent = $manager->default()->send(new Ping());
            $before = $this->actionsSent();
            $manager->onEvent('UserEvent', static fn(AmiEvent $event) => $late->append($event));
            foreach ([
                'tick' => fn() => $manager->tickAll(),
                'call' => fn() => $manager->default()->call(new Ping()),
                'routed call' => fn() => $manager->call(new Ping()),
                'await' => static fn() => $sent->await(),
                'wait' => fn() => $manager->default()->waitUntilReady(),
            ] as $what => $refused) {
                try {
                    $refused();
                } catch (\Throwable $thrown) {
                    $made[$what] = $thrown;
                }
            }
            // What cannot be waited for is not sent.
            $made['more'] = $this->actionsSent() - $before;
        }, ['UserEvent' => 'One']);
        $this->send($this->userEvent('One'));
        $this->tickUntil(fn(): bool => isset($made['sent']));
        foreach (['tick', 'call', 'routed call', 'await'] as $what) {
            self::assertInstanceOf(ReentrancyException::class, $made[$what] ?? null, $what);
        }
        self::assertSame(0, $made['more']);
        self::assertInstanceOf(PendingAction::class, $made['sent']);
        self::assertSame('Pong', $made['sent']->await(self::SOON_MS)->get('Ping'));
        self::assertCount(0, $late);
        $this->send($this->userEvent('Two'));
        $this->tickUntil(fn(): bool => \count($late) === 1);
    }

    public function test_events_that_nobody_listens_to_are_counted_and_gone(): void
    {
        $manager = $this->ready();
        $unheard = 0;
        $this->send($this->userEvent('Unheard'));
        $pending = $manager->default()->send($this->userEvent('Unheard'));
        for ($tick = 0; $tick < self::MAX_TICKS && !($pending->isComplete() && $unheard >= 2); $tick++) {
            $unheard += $manager->tickAll(20)->eventsUnheard;
        }
        self::assertGreaterThanOrEqual(2, $unheard);
        $heard = $this->heard('UserEvent');
        $manager->default()->call(new Ping());
        self::assertCount(0, $heard);
    }
}
