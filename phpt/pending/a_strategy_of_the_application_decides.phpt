--TEST--
A completion strategy written in PHP sees each message of its action and says when it ends
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

class UntilSupport implements CompletionStrategy
{
    public array $seen = [];

    public function maxDurationMs(): ?int
    {
        return 5000;
    }

    public function maxMessages(): int
    {
        return 100;
    }

    public function isComplete(AmiMessage $message): bool
    {
        $this->seen[] = $message instanceof AmiEvent ? $message->name : $message->status;
        return $message->get('Queue') === 'support';
    }
}

$simulator = new Simulator();
$manager = $simulator->ready();
$strategy = new UntilSupport();
$pending = $manager->send(new GenericAction('QueueStatus', [], $strategy));
$response = $pending->await();
var_dump($response->message(), count($pending->events()), end($strategy->seen), $strategy->seen[0]);
var_dump($pending->events()[count($pending->events()) - 1]->get('Queue'));

$rest = $manager->default()->call(new GenericAction('Ping'))->get('Ping');
var_dump($rest);

$found = $manager->send(new GenericAction('QueueStatus', [], new CompleteWhen(fn (AmiMessage $message) => $message->get('EventList') === 'Complete')));
$found->onComplete(fn (?\Throwable $error, ?AmiResponse $response, array $events) => print('callback: ' . ($error?->getMessage() ?? $response->status) . ' ' . end($events)->name . "\n"));
$found->await();

$asked = 0;
$error = thrown(fn () => $manager->default()->call(new GenericAction('NoSuchAction', [], new CompleteWhen(function () use (&$asked) { $asked++; return true; }))));
var_dump($asked);
$late = thrown(fn () => $manager->default()->call(new GenericAction('Ping', [], new CompleteWhen(fn () => false, 100))));
var_dump($late->timeoutMs());
$long = thrown(fn () => $manager->default()->call(new GenericAction('QueueStatus', [], new CompleteWhen(fn () => false, maxMessages: 2))));
?>
--EXPECT--
string(24) "Queue status will follow"
int(1)
string(11) "QueueParams"
string(7) "Success"
string(7) "support"
string(4) "Pong"
callback: Success QueueStatusComplete
ActionErrorResponseException: NoSuchAction on "pbx1": Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.
int(0)
ActionTimeoutException: Ping on "pbx1": no complete answer within 100 ms
int(100)
ProtocolException: QueueStatus on "pbx1": the answer has more than 2 messages
