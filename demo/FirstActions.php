<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Console\Screen;
use Apn\AmiClient\GenericAction;

/** An Originate and a QueueStatus on each node, and what becomes of them. */
final class FirstActions
{
    private int $waiting = 0;

    /** @var list<list<string>> */
    private array $members = [];

    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly Screen $screen,
        private readonly string $channel,
    ) {}

    /** @param list<string> $nodes */
    public function send(array $nodes): void
    {
        $this->waiting = \count($nodes);
        foreach ($nodes as $node) {
            $this->originate($node);
            $this->queueStatus($node);
        }
    }

    private function originate(string $node): void
    {
        $action = new GenericAction('Originate', [
            'Channel' => $this->channel, 'Context' => 'default', 'Exten' => '1000', 'Priority' => 1,
            'CallerID' => '"Demo" <100>', 'Timeout' => 10_000,
        ]);
        $told = function (?\Throwable $error, ?AmiResponse $response, array $events) use ($node): void {
            $result = $events[0] ?? null;
            $text = match (true) {
                $error !== null => $error->getMessage(),
                $result instanceof AmiEvent => $result->get('Response') . ' (reason ' . $result->get('Reason') . ', Uniqueid ' . $result->get('Uniqueid') . ')',
                default => $response?->message() ?? 'no answer',
            };
            $this->say("$node: Originate of {$this->channel}: $text");
        };
        try {
            $this->manager->server($node)->send($action)->onComplete($told);
        } catch (AmiException $error) {
            $told($error, null, []);
        }
    }

    private function queueStatus(string $node): void
    {
        $told = function (?\Throwable $error, ?AmiResponse $response, array $events) use ($node): void {
            if ($error !== null) {
                $this->say("$node: QueueStatus: " . $error->getMessage());
            }
            foreach ($events as $event) {
                if ($event instanceof AmiEvent && $event->name === 'QueueMember') {
                    $this->members[] = [
                        $node, $event->get('Queue') ?? '', $event->get('Name') ?? '', $event->get('Location') ?? '',
                        match ($event->get('Status')) {
                            '1' => 'free', '2' => 'in use', '3' => 'busy', '4' => 'invalid', '5' => 'unavailable',
                            '6' => 'ringing', '7' => 'ringing, in use', '8' => 'on hold', default => 'unknown',
                        } . ($event->get('Paused') === '1' ? ', paused' : ''),
                        $event->get('CallsTaken') ?? '',
                    ];
                }
            }
            if (--$this->waiting === 0) {
                $this->showMembers();
            }
        };
        try {
            $this->manager->server($node)->send(new GenericAction('QueueStatus'))->onComplete($told);
        } catch (AmiException $error) {
            $told($error, null, []);
        }
    }

    private function showMembers(): void
    {
        if ($this->members === []) {
            $this->say('QueueStatus: no queue has members');

            return;
        }
        $rows = [['node', 'queue', 'member', 'location', 'status', 'calls'], ...$this->members];
        $widths = array_map(
            static fn(int $column): int => min(30, max(array_map(static fn(array $row): int => \strlen($row[$column]), $rows))),
            array_keys($rows[0]),
        );
        foreach ($rows as $number => $row) {
            $line = rtrim('  ' . implode('  ', array_map(Screen::cell(...), $row, $widths)));
            $this->screen->line($number === 0 ? $this->screen->colour($line, 1) : $line);
        }
    }

    private function say(string $text): void
    {
        $this->screen->line($this->screen->colour(Screen::clean($text), 1));
    }
}
