--TEST--
isComplete() of the strategies tells whether a message is the last one
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

$messages = [
    'success' => AmiResponse::fromRaw('a', "Response: Success\r\nEventList: start"),
    'error' => AmiResponse::fromRaw('a', 'Response: Error'),
    'item' => AmiEvent::fromRaw('a', 'Event: QueueParams'),
    'end' => AmiEvent::fromRaw('a', "Event: QueueStatusComplete\r\nEventList: Complete"),
    'cancelled' => AmiEvent::fromRaw('a', "Event: QueueStatusComplete\r\nEventList: cancelled"),
    'named' => AmiEvent::fromRaw('a', 'Event: FAXStats'),
    'call' => AmiEvent::fromRaw('a', "Event: OriginateResponse\r\nResponse: Failure"),
];
$strategies = [new SingleResponse(), new Command(), new EventList(), new EventList(completeEvents: ['faxstats']), new MultiEvent(['FAXSTATS']), new EventOnly(['faxstats']),
    new AsyncEvent(), new CompleteWhen(fn (AmiMessage $message): bool => $message->has('EventList'))];
foreach ($strategies as $strategy) {
    $ends = array_keys(array_filter($messages, $strategy->isComplete(...)));
    echo substr($strategy::class, 14), ': ', implode(' ', $ends), "\n";
}
class Forged implements AmiMessage
{
    public function get(string $key): ?string { return null; }
    public function all(string $key): array { return []; }
    public function has(string $key): bool { return false; }
    public function raw(): string { return 'Response: Success'; }
}
foreach ([new Forged(), null, 'Event: x'] as $wrong) {
    try {
        (new SingleResponse())->isComplete($wrong);
    } catch (\TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    (new CompleteWhen(fn () => throw new \LogicException('mine')))->isComplete($messages['item']);
} catch (\LogicException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
SingleResponse: success error
Command: success error
EventList: error end cancelled
EventList: error end cancelled named
MultiEvent: error named
EventOnly: error named
AsyncEvent: error call
CompleteWhen: success end cancelled
Argument #1 ($message) must be of type Apn\AmiClient\AmiMessage, Apn\AmiClient\Forged given
Argument #1 ($message) must be of type Apn\AmiClient\AmiMessage, null given
Argument #1 ($message) must be of type Apn\AmiClient\AmiMessage, string given
mine
