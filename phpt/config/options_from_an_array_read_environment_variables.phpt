--TEST--
ClientOptions from an array take numeric strings and words for booleans, as environment variables give them
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;
require __DIR__ . '/helper.inc';

$options = ClientOptions::fromArray(['read_timeout' => '2.5', 'max_pending_actions' => '12', 'lazy' => 'false',
    'enforce_ip_endpoints' => '0', 'allowed_events' => array_filter(['', 'Hangup']), 'auth_timeout' => null]);
var_dump($options->readTimeout, $options->maxPendingActions, $options->lazy, $options->enforceIpEndpoints, $options->allowedEvents);
var_dump(ClientOptions::fromArray([]) == new ClientOptions());

$x = 5;
$byReference = ['read_timeout' => &$x];
var_dump(ClientOptions::fromArray($byReference)->readTimeout);

refused(fn () => ClientOptions::fromArray(['max_pending_actions' => '12 ']));
refused(fn () => ClientOptions::fromArray(['lazy' => '']));
refused(fn () => new ClientOptions(readTimeout: '2.5'));
refused(fn () => new ClientOptions(maxPendingActions: '12'));
refused(fn () => new ClientOptions(lazy: 1));
?>
--EXPECT--
float(2.5)
int(12)
bool(false)
bool(false)
array(1) {
  [0]=>
  string(6) "hangup"
}
bool(true)
float(5)
max_pending_actions: "12 " must be a whole number, string given
  key 'max_pending_actions', value '12 ', suggestion NULL
lazy: "" must be true or false, string given
  key 'lazy', value '', suggestion NULL
readTimeout: "2.5" must be a number of seconds, string given
  key 'readTimeout', value '2.5', suggestion NULL
maxPendingActions: "12" must be a whole number, string given
  key 'maxPendingActions', value '12', suggestion NULL
lazy: 1 must be true or false, int given
  key 'lazy', value 1, suggestion NULL
