--TEST--
With push_filters a server sends only what is listened to
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

$simulator = new Simulator();
$manager = $simulator->manager(['push_filters' => true, 'backoff_min_ms' => 100]);
$client = $manager->server('pbx1');
$heard = [];
$hear = function (AmiEvent $event) use (&$heard): void {
    $heard[] = $event->name === 'UserEvent' ? $event->get('UserEvent') : $event->name;
};
$came = fn (): int => $manager->metrics()['servers']['pbx1']['events'];

// What the server sends of a call and of a UserEvent while these listen.
$try = function (string $what) use ($simulator, $client, $came, &$heard): void {
    $witness = $simulator->ready()->server('pbx1');
    $client->call(new GenericAction('Ping'));
    [$heard, $before] = [[], $came()];
    $witness->call(new GenericAction('UserEvent', ['UserEvent' => 'Hello']));
    $call = $witness->send(new GenericAction('Originate', ['Channel' => 'Local/1000@default', 'Application' => 'Wait', 'Data' => '0']));
    $call->await(10_000);
    $client->call(new GenericAction('Ping'));
    $heard = array_count_values($heard);
    ksort($heard);
    echo $what, ': ', $came() - $before > 5 ? 'more than 5' : $came() - $before, ' came, heard ', implode(' ', array_slice(array_keys($heard), 0, 3)), "\n";
};

$user = $client->onEvent('userevent', $hear);
$client->waitUntilReady();
$try('a name in another case');

$user->cancel();
$try('nobody listens');

$client->onEvent('OriginateResponse', $hear);
$client->onEvent('UserEvent', $hear);
$try('later listeners');

$simulator->tell('pbx1 fault reset');
until($manager, fn () => !in_array($client->state(), [ConnectionState::Ready, ConnectionState::Degraded], true));
$client->waitUntilReady();
$try('another session');

$list = $client->send(new GenericAction('QueueStatus'));
$list->await();
echo 'a list is whole: ', count($list->events()) > 2 ? 'yes' : 'no', "\n";
$call = $client->send(new GenericAction('Originate', ['Channel' => 'Local/1000@default', 'Application' => 'Wait', 'Data' => '0']));
$call->await(10_000);
echo 'a call has its result: ', $call->events()[0]->name, "\n";

$any = $client->onAnyEvent($hear);
$try('a listener for everything');
var_dump($manager->metrics()['servers']['pbx1']['filters_given_up']);
?>
--EXPECT--
a name in another case: 3 came, heard Hello TestEvent
nobody listens: 1 came, heard 
later listeners: 3 came, heard Hello OriginateResponse TestEvent
another session: 3 came, heard Hello OriginateResponse TestEvent
a list is whole: yes
a call has its result: OriginateResponse
a listener for everything: more than 5 came, heard Cdr DeviceStateChange DialBegin
int(0)
