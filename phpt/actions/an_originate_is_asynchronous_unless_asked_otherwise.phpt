--TEST--
An Originate is asynchronous unless asked otherwise: a synchronous one silences the whole session
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

foreach ([['Originate', []], ['ORIGINATE', ['Channel' => 'PJSIP/1']], ['Originate', ['async' => false]], ['Originate', ['Async' => 'yes']], ['Redirect', []]] as [$name, $headers]) {
    echo $name, ' ', json_encode((new GenericAction($name, $headers))->headers()), "\n";
}
?>
--EXPECT--
Originate {"Async":"true"}
ORIGINATE {"Channel":"PJSIP\/1","Async":"true"}
Originate {"async":"false"}
Originate {"Async":"yes"}
Redirect []
