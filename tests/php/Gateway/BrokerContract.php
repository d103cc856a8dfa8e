<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway;

use Apn\AmiClient\Gateway\Broker;
use Apn\AmiClient\Gateway\Submission;
use Apn\AmiClient\Gateway\Submitted;
use PHPUnit\Framework\TestCase;

/** What every broker does, in Redis or in memory. */
abstract class BrokerContract extends TestCase
{
    abstract protected function broker(): Broker;

    /** Lets the broker's clock go on. */
    abstract protected function wait(int $ms): void;

    public function test_a_request_is_taken_once_and_its_answer_stays_for_all_who_ask(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->beat('two', 60_000, '');
        self::assertSame(Submitted::Queued, $broker->submit($this->request('a', 'pbx1')));
        self::assertSame(1, $broker->waiting());
        self::assertFalse($broker->look('a')->claimed);
        self::assertSame(['a' => "body of a\x00\xff"], $broker->take('one', ['pbx1', ''], 10)->bodies);
        self::assertSame([], $broker->take('two', ['pbx1', ''], 10)->bodies);
        self::assertSame(0, $broker->waiting());
        self::assertTrue($broker->look('a')->claimed);
        self::assertNull($broker->awaitAnswer('a', 10));
        self::assertTrue($broker->answer('one', 'a', "answer\x00\xff", 60_000, false));
        for ($i = 0; $i < 3; $i++) {
            self::assertSame("answer\x00\xff", $broker->awaitAnswer('a', 1000));
            self::assertSame("answer\x00\xff", $broker->look('a')->answer);
        }
    }

    public function test_requests_come_in_order_from_the_queues_that_are_asked(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        foreach (['a' => '', 'b' => 'pbx1', 'c' => 'pbx2', 'd' => 'pbx1', 'e' => ''] as $id => $server) {
            $broker->submit($this->request($id, $server));
        }
        self::assertSame(['b', 'd', 'a'], array_keys($broker->take('one', ['pbx1', ''], 3)->bodies));
        self::assertSame(['e'], array_keys($broker->take('one', ['pbx1', ''], 3)->bodies));
        self::assertSame(['c'], array_keys($broker->take('one', ['pbx2'], 3)->bodies));
    }

    public function test_what_is_over_is_not_taken_but_answered_as_expired(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->submit($this->request('a', '', waitMs: 20));
        $broker->submit($this->request('b', '', waitMs: 20));
        $this->wait(30);
        self::assertSame(Broker::EXPIRED, $broker->look('b')->answer);
        self::assertSame([], $broker->take('one', [''], 10)->bodies);
        self::assertSame(Broker::EXPIRED, $broker->awaitAnswer('a', 10));
        self::assertSame(2, $broker->beat('one', 60_000, '')->counts['expired']);
        self::assertSame(Submitted::Late, $broker->submit($this->request('c', '', waitMs: 0)));
    }

    public function test_a_withdrawn_request_is_never_taken(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->submit($this->request('a'));
        self::assertTrue($broker->withdraw('a'));
        self::assertFalse($broker->withdraw('a'));
        self::assertSame([], $broker->take('one', [''], 10)->bodies);
        $broker->submit($this->request('b'));
        $broker->take('one', [''], 10);
        self::assertFalse($broker->withdraw('b'));
        self::assertFalse($broker->withdraw('never heard of'));
    }

    public function test_no_more_wait_than_may_and_what_is_over_does_not_count(): void
    {
        $broker = $this->broker();
        self::assertSame(Submitted::Queued, $broker->submit($this->request('a', waitMs: 20, maxWaiting: 2)));
        self::assertSame(Submitted::Queued, $broker->submit($this->request('b', waitMs: 20, maxWaiting: 2)));
        self::assertSame(Submitted::Full, $broker->submit($this->request('c', maxWaiting: 2)));
        self::assertFalse($broker->look('c')->known);
        $this->wait(30);
        self::assertSame(Submitted::Queued, $broker->submit($this->request('c', maxWaiting: 2)));
        self::assertSame(1, $broker->beat('one', 60_000, '')->counts['full']);
    }

    public function test_a_key_is_carried_out_once_and_what_no_server_saw_again(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->submit($this->request('a'));
        self::assertSame(Submitted::Known, $broker->submit($this->request('a')));
        self::assertSame(Submitted::Conflict, $broker->submit($this->request('a', fingerprint: 'other')));
        self::assertCount(1, $broker->take('one', [''], 10)->bodies);
        self::assertSame(Submitted::Known, $broker->submit($this->request('a')));
        $broker->answer('one', 'a', 'refused', 60_000, true);
        self::assertSame(Submitted::Queued, $broker->submit($this->request('a')));
        self::assertNull($broker->look('a')->answer);
        self::assertCount(1, $broker->take('one', [''], 10)->bodies);
        $broker->answer('one', 'a', 'done', 60_000, false);
        self::assertSame(Submitted::Known, $broker->submit($this->request('a')));
        self::assertSame([], $broker->take('one', [''], 10)->bodies);
        self::assertSame('done', $broker->look('a')->answer);
    }

    public function test_a_key_that_expired_unseen_can_be_sent_again(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->submit($this->request('a', waitMs: 20));
        $this->wait(30);
        self::assertSame(Submitted::Queued, $broker->submit($this->request('a')));
        self::assertSame(['a'], array_keys($broker->take('one', [''], 10)->bodies), 'it is in the queue twice, and taken once');
    }

    public function test_what_a_dead_listener_had_is_lost_and_not_taken_again(): void
    {
        $broker = $this->broker();
        $broker->beat('dead', 20, 'about the dead');
        $broker->submit($this->request('a'));
        $broker->submit($this->request('b'));
        self::assertCount(2, $broker->take('dead', [''], 10)->bodies);
        $this->wait(30);
        self::assertSame(Broker::LOST, $broker->look('a')->answer, 'who waits finds out');
        self::assertSame([], $broker->snapshots());
        $broker->beat('next', 60_000, '');
        self::assertSame(Broker::LOST, $broker->awaitAnswer('b', 10), 'the next listener finds out');
        self::assertSame(2, $broker->beat('next', 60_000, '')->counts['lost']);
        self::assertSame([], $broker->take('next', [''], 10)->bodies);
        self::assertFalse($broker->answer('dead', 'a', 'late', 60_000, false), 'it was only slow, and comes too late');
        self::assertSame(Broker::LOST, $broker->look('a')->answer);
    }

    public function test_a_listener_that_counts_as_dead_takes_nothing_until_it_gives_a_sign(): void
    {
        $broker = $this->broker();
        $broker->submit($this->request('a'));
        self::assertSame([], $broker->take('unheard of', [''], 10)->bodies);
        $broker->beat('slow', 20, '');
        $this->wait(30);
        self::assertSame([], $broker->take('slow', [''], 10)->bodies);
        $broker->beat('slow', 60_000, '');
        self::assertSame(['a'], array_keys($broker->take('slow', [''], 10)->bodies));
    }

    public function test_a_listener_that_goes_leaves_nobody_waiting(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, 'about one');
        self::assertSame(['about one'], $broker->snapshots());
        $broker->submit($this->request('a'));
        $broker->take('one', [''], 10);
        $broker->leave('one');
        self::assertSame(Broker::LOST, $broker->look('a')->answer);
        self::assertSame([], $broker->snapshots());
    }

    public function test_a_listener_gets_again_what_it_claimed_and_did_not_answer(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        foreach (['a', 'b'] as $id) {
            $broker->submit($this->request($id));
        }
        $broker->take('one', [''], 10);
        self::assertEqualsCanonicalizing(['a', 'b'], $broker->beat('one', 60_000, '')->claimed);
        $broker->answer('one', 'a', 'done', 60_000, false);
        self::assertSame(['b'], $broker->beat('one', 60_000, '')->claimed);
        self::assertSame(['b' => "body of b\x00\xff"], $broker->reclaim('one', ['a', 'b'])->bodies);
        self::assertSame([], $broker->reclaim('other', ['a', 'b'])->bodies);
    }

    public function test_what_was_forgotten_is_said_again_and_can_be_answered_and_lost(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        self::assertFalse($broker->look('a')->known);
        $broker->restore('one', ['a', 'b']);
        self::assertTrue($broker->look('a')->claimed);
        self::assertEqualsCanonicalizing(['a', 'b'], $broker->beat('one', 60_000, '')->claimed);
        self::assertSame(Submitted::Known, $broker->submit($this->request('a')));
        self::assertTrue($broker->answer('one', 'a', 'done', 60_000, false));
        $broker->restore('one', ['a']);
        self::assertSame('done', $broker->look('a')->answer);
        $broker->leave('one');
        self::assertSame(Broker::LOST, $broker->look('b')->answer);
    }

    public function test_an_answer_whose_receipt_was_lost_may_be_given_again(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->submit($this->request('a'));
        $broker->take('one', [''], 10);
        self::assertTrue($broker->answer('one', 'a', 'done', 60_000, false));
        self::assertTrue($broker->answer('one', 'a', 'done', 60_000, false));
        self::assertFalse($broker->answer('one', 'a', 'done otherwise', 60_000, false));
        self::assertSame('done', $broker->look('a')->answer);
    }

    public function test_a_refusal_that_is_given_again_does_not_end_the_next_try(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->beat('two', 60_000, '');
        $broker->submit($this->request('a'));
        $broker->take('one', [''], 10);
        self::assertTrue($broker->answer('one', 'a', 'refused', 60_000, true));
        self::assertTrue($broker->answer('one', 'a', 'refused', 60_000, true), 'its own, where only the receipt was lost');
        $broker->submit($this->request('a'));
        self::assertFalse($broker->answer('one', 'a', 'refused', 60_000, true));
        self::assertSame(['a'], array_keys($broker->take('two', [''], 10)->bodies));
        self::assertFalse($broker->answer('one', 'a', 'refused', 60_000, true));
        self::assertTrue($broker->look('a')->claimed);
        self::assertSame(Submitted::Known, $broker->submit($this->request('a')), 'else it was carried out twice');
        self::assertTrue($broker->answer('two', 'a', 'done', 60_000, false));
        self::assertSame('done', $broker->look('a')->answer);
    }

    public function test_what_expired_is_counted_also_where_nobody_asks_for_it(): void
    {
        $broker = $this->broker();
        $broker->submit($this->request('a', 'nobody', waitMs: 20));
        $this->wait(30);
        $broker->submit($this->request('b', 'nobody'));
        $broker->submit($this->request('c', 'nobody', waitMs: 20));
        $this->wait(30);
        $broker->beat('one', 60_000, '');
        $pulse = $broker->beat('one', 60_000, '');
        self::assertSame([2, 1], [$pulse->counts['expired'] ?? 0, $pulse->waiting]);
        self::assertSame(1, $broker->waiting());
    }

    public function test_what_another_listener_has_by_now_stays_with_that_one(): void
    {
        $broker = $this->broker();
        $broker->beat('one', 60_000, '');
        $broker->beat('two', 60_000, '');
        $broker->submit($this->request('a'));
        $broker->take('two', [''], 10);
        $broker->restore('one', ['a']);
        self::assertSame(['a'], $broker->beat('two', 60_000, '')->claimed);
        self::assertSame([], $broker->beat('one', 60_000, '')->claimed);
    }

    public function test_an_answer_arrives_also_where_the_request_was_forgotten(): void
    {
        $broker = $this->broker();
        self::assertTrue($broker->answer('one', 'a', 'done', 60_000, false));
        self::assertSame('done', $broker->awaitAnswer('a', 10));
        self::assertSame('done', $broker->look('a')->answer);
    }

    protected function request(string $id, string $server = '', int $waitMs = 60_000, string $fingerprint = 'same', int $maxWaiting = 100, int $keepMs = 60_000): Submission
    {
        return new Submission($id, $server, "body of $id\x00\xff", $fingerprint, $this->broker()->now() + $waitMs, 60_000, $keepMs, $maxWaiting);
    }
}
