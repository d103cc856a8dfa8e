<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/** The server answered `Response: Error`: a wrong parameter, a missing right, or an action that it does not know. */
class ActionErrorResponseException extends ActionException
{
    private AmiResponse $response;

    /**
     * What the server answered.
     *
     * @throws \Error where the exception was made from PHP and there is no answer
     */
    public function response(): AmiResponse
    {
        return $this->response;
    }
}
